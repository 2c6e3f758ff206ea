package gatehouse;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A call that was refused or failed. The message is for a person: what happened and what to do about it. */
public final class GatehouseException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A field of a request that was wrong, and what is wrong with it. */
  public record FieldViolation(String field, String description) {}

  private final Code code;
  private final String reason;
  private final transient Map<String, String> metadata;
  private final transient List<FieldViolation> fields;
  private final transient Duration retryAfter;
  final boolean isUnbegun;

  private GatehouseException(
      Code code,
      String message,
      String reason,
      Map<String, String> metadata,
      List<FieldViolation> fields,
      Duration retryAfter,
      boolean isUnbegun,
      Throwable cause) {
    super(message, cause);
    this.code = code;
    this.reason = reason;
    this.metadata = metadata;
    this.fields = fields;
    this.retryAfter = retryAfter;
    this.isUnbegun = isUnbegun;
  }

  GatehouseException(Code code, String message) {
    this(code, message, "", Map.of(), List.of(), null, false, null);
  }

  public Code code() {
    return code;
  }

  /** A name of {@code gatehouse.v1.Reason} without its prefix; empty when the failure is this side's. */
  public String reason() {
    return reason;
  }

  /** What the reason is about. */
  public Map<String, String> metadata() {
    return metadata;
  }

  public List<FieldViolation> fields() {
    return fields;
  }

  /** How long to wait before trying again; null where the server says nothing of it. */
  public Duration retryAfter() {
    return retryAfter;
  }

  /** What the server answered. */
  static GatehouseException of(GatehouseRpcV1.Status status) {
    String reason = "";
    Map<String, String> metadata = Map.of();
    List<FieldViolation> fields = new ArrayList<>();
    Duration retryAfter = null;
    for (GoogleProtobuf.Any detail : status.details) {
      try {
        switch (detail.typeUrl.substring(detail.typeUrl.lastIndexOf('/') + 1)) {
          case "google.rpc.ErrorInfo" -> {
            GoogleRpc.ErrorInfo info = GoogleRpc.ErrorInfo.decode(detail.value);
            reason = info.reason;
            metadata = Map.copyOf(info.metadata);
          }
          case "google.rpc.RetryInfo" -> {
            GoogleProtobuf.Duration delay = GoogleRpc.RetryInfo.decode(detail.value).retryDelay;
            if (delay != null) retryAfter = Duration.ofSeconds(delay.seconds, delay.nanos);
          }
          case "google.rpc.BadRequest" -> {
            for (var each : GoogleRpc.BadRequest.decode(detail.value).fieldViolations) {
              fields.add(new FieldViolation(each.field, each.description));
            }
          }
          default -> {}
        }
      } catch (WireException | ArithmeticException error) {
        // The code and the message still say what happened.
      }
    }
    boolean isUnbegun = reason.equals("SHUTTING_DOWN");
    return new GatehouseException(
        Code.of(status.code), status.message, reason, metadata, List.copyOf(fields), retryAfter, isUnbegun, null);
  }

  /** The connection went away. */
  static GatehouseException lost(String message) {
    return new GatehouseException(Code.UNAVAILABLE, message);
  }

  /** The deadline has passed; {@code last} is why the call was not answered before. */
  static GatehouseException late(GatehouseException last) {
    String why = last == null ? "" : "; the last failure was: " + last.code + ": " + last.getMessage();
    return new GatehouseException(
        Code.DEADLINE_EXCEEDED,
        "the call's deadline has passed" + why,
        "DEADLINE_EXCEEDED",
        Map.of(),
        List.of(),
        null,
        false,
        last);
  }

  /** The same failure of a call that the server did not begin. */
  GatehouseException unbegun() {
    return new GatehouseException(code, getMessage(), reason, metadata, fields, retryAfter, true, this);
  }
}
