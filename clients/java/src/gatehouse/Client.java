package gatehouse;

import java.util.List;

/**
 * A client of a Gatehouse server, for any number of threads. Connects with the first call. The services are its fields:
 * {@code client.customer.getCustomer(new GetCustomerRequest().customerId(id))}.
 */
public final class Client extends Services implements AutoCloseable {
  private final Caller caller;

  private Client(Caller caller) {
    super(caller);
    this.caller = caller;
  }

  /** The addresses are "host:port", tried in turn. */
  public Client(Settings settings, String... addresses) {
    this(new Caller(List.of(addresses), settings));
  }

  public Client(String... addresses) {
    this(Settings.DEFAULT, addresses);
  }

  /** Changes from where the request says; ends when the history cannot be gone on with. */
  public Watch watch(GatehouseV1.WatchRequest request) {
    return watch(request, false, 0);
  }

  /**
   * Changes from where the request says.
   *
   * @param snapshotOnHistoryLost begin again with a snapshot when the history cannot be gone on with
   * @param credit how many messages may lie here unread; 0: as the settings have it
   */
  public Watch watch(GatehouseV1.WatchRequest request, boolean snapshotOnHistoryLost, int credit) {
    return new Watch(caller, request, snapshotOnHistoryLost, credit);
  }

  /** Ends the connection; calls that are open end with CANCELLED. */
  @Override
  public void close() {
    caller.close();
  }
}
