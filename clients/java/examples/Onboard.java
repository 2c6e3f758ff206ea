import gatehouse.Change;
import gatehouse.Client;
import gatehouse.GatehouseException;
import gatehouse.GatehouseV1.CreateCustomerRequest;
import gatehouse.GatehouseV1.CustomerState;
import gatehouse.GatehouseV1.SubmitChallengeRequest;
import gatehouse.GatehouseV1.WatchRequest;
import gatehouse.Watch;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Scanner;

/**
 * Takes a customer in: creates them, has their wallet sign the challenge, and waits until they may use the services. Arguments:
 * address, wallet, external id. Prints the message that the wallet has to sign and reads the signature from standard input.
 */
final class Onboard {
  private Onboard() {}

  public static void main(String[] arguments) {
    try (Client client = new Client(arguments[0])) {
      onboard(client, arguments[1], arguments[2]);
    } catch (GatehouseException refusal) {
      System.err.println(refusal.code() + " " + refusal.reason() + ": " + refusal.getMessage());
      System.exit(1);
    }
  }

  private static void onboard(Client client, String wallet, String externalId) {
    var created = client.customer.createCustomer(new CreateCustomerRequest().wallet(wallet).externalId(externalId));
    String id = created.customer.id;
    System.out.println(new String(created.challenge.message, StandardCharsets.US_ASCII));
    byte[] signature = HexFormat.of().parseHex(new Scanner(System.in).nextLine().strip().replace("0x", ""));
    client.customer.submitChallenge(new SubmitChallengeRequest().customerId(id).signature(signature));
    // From the creation on: nothing that happened meanwhile is missed.
    var request = new WatchRequest().afterRevision(created.customer.revision).customerIds(List.of(id));
    try (Watch watch = client.watch(request)) {
      for (Change change : watch) {
        if (change.event() == null) continue;
        CustomerState state = change.event().to;
        System.out.println(id + " is " + state);
        if (state.equals(CustomerState.ACTIVE) || state.equals(CustomerState.REJECTED)) break;
      }
    }
  }
}
