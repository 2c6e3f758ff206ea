import gatehouse.Change;
import gatehouse.Client;
import gatehouse.GatehouseV1.CustomerState;
import gatehouse.GatehouseV1.WatchRequest;
import gatehouse.Watch;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Feeds a dashboard: how many customers are in each state, kept up to date through restarts and broken connections. */
final class Dashboard {
  private Dashboard() {}

  public static void main(String[] addresses) {
    Map<String, CustomerState> states = new HashMap<>();
    boolean isWhole = false;
    try (Client client = new Client(addresses);
        Watch watch = client.watch(new WatchRequest().snapshot(true), true, 0)) {
      for (Change change : watch) {
        if (change.snapshotBegun() != null) {
          states.clear();
          isWhole = false;
        }
        if (change.current() != null) states.put(change.current().id, change.current().state);
        if (change.event() != null) states.put(change.event().customer.id, change.event().to);
        if (change.snapshotComplete() != null) isWhole = true;
        if (isWhole) {
          var counts = states.values().stream().collect(Collectors.groupingBy(state -> state, Collectors.counting()));
          System.out.println("revision " + watch.position() + ", behind by " + watch.behindBy() + ": " + counts);
        }
      }
    }
  }
}
