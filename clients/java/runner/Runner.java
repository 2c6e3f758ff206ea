import gatehouse.CallOptions;
import gatehouse.Change;
import gatehouse.Client;
import gatehouse.GatehouseException;
import gatehouse.GatehouseV1;
import gatehouse.Message;
import gatehouse.Messages;
import gatehouse.Settings;
import gatehouse.Stream;
import gatehouse.Watch;
import gatehouse.WireException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Does what the scenario suite says, with this client: commands come as lines of JSON, answers go out likewise.
 * {@code clients/tests/README.md} says what the commands are.
 */
public final class Runner {
  private static final HexFormat HEX = HexFormat.of();
  private final Map<Long, Runnable> cancels = new ConcurrentHashMap<>();
  private final Map<String, Semaphore> permits = new ConcurrentHashMap<>();
  private Client client;

  public static void main(String[] arguments) throws Exception {
    Runner runner = new Runner();
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      runner.execute(new Command(line));
    }
    if (runner.client != null) runner.client.close();
    System.exit(0);
  }

  /** A line of the input. */
  private static final class Command {
    private final Map<?, ?> fields;

    Command(String line) {
      fields = (Map<?, ?>) Json.read(line);
    }

    Object get(String name) {
      return fields.get(name);
    }

    String text(String name) {
      return (String) fields.get(name);
    }

    long number(String name) {
      return fields.get(name) instanceof Long number ? number : 0;
    }

    boolean is(String name) {
      return Boolean.TRUE.equals(fields.get(name));
    }
  }

  private void execute(Command command) throws ReflectiveOperationException {
    switch (command.text("op")) {
      case "open" -> open(command);
      case "cancel" -> cancels.get(command.number("target")).run();
      case "permit" -> permitsOf(command.text("watch")).release((int) command.number("count"));
      case "call" -> call(command);
      default -> new Thread(() -> answer(command)).start();
    }
  }

  private Semaphore permitsOf(String watch) {
    return permits.computeIfAbsent(watch, name -> new Semaphore(0));
  }

  private void open(Command command) {
    Map<?, ?> given = command.get("settings_ms") instanceof Map<?, ?> map ? map : Map.of();
    Settings usual = Settings.DEFAULT;
    Settings settings =
        new Settings(
            command.get("token") instanceof String token ? token : "",
            usual.timeout(),
            duration(given, "connect_timeout", usual.connectTimeout()),
            duration(given, "keepalive_after", usual.keepaliveAfter()),
            duration(given, "keepalive_timeout", usual.keepaliveTimeout()),
            usual.leastPause(),
            duration(given, "greatest_pause", usual.greatestPause()),
            usual.credit());
    client = new Client(settings, ((List<?>) command.get("addresses")).toArray(String[]::new));
  }

  private static Duration duration(Map<?, ?> given, String name, Duration otherwise) {
    return given.get(name) instanceof Long milliseconds ? Duration.ofMillis(milliseconds) : otherwise;
  }

  private static void say(Command command, Map<String, Object> said) {
    said.put("id", command.number("id"));
    say(said);
  }

  private static void say(Map<String, Object> said) {
    String line = Json.write(said) + "\n";
    synchronized (System.out) {
      System.out.print(line);
      System.out.flush();
    }
  }

  private void answer(Command command) {
    Map<String, Object> said = new LinkedHashMap<>();
    try {
      switch (command.text("op")) {
        case "stream" -> stream(command, said);
        case "watch" -> watch(command, said);
        case "follow" -> follow(command);
        case "vectors" -> vectors(command, said);
        case "bench" -> bench(command, said);
        case "floor" -> Floor.run(command.text("file"), command.text("address"), (int) command.number("in_flight"), said);
        default -> throw new IllegalArgumentException(command.text("op"));
      }
    } catch (GatehouseException failure) {
      said.put("error", described(failure));
    } catch (ReflectiveOperationException | IOException | InterruptedException error) {
      throw new IllegalStateException(error);
    }
    say(command, said);
  }

  private static Map<String, Object> described(GatehouseException failure) {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("code", failure.code().name());
    described.put("reason", failure.reason());
    described.put("metadata", failure.metadata());
    described.put("fields", failure.fields().stream().map(each -> List.of(each.field(), each.description())).toList());
    described.put("message", String.valueOf(failure.getMessage()));
    described.put("retry_after_ms", failure.retryAfter() == null ? null : failure.retryAfter().toMillis());
    return described;
  }

  private static Message decoded(String name, String text) throws ReflectiveOperationException, WireException {
    Message empty = Messages.empty(name);
    try {
      return (Message) empty.getClass().getMethod("decode", byte[].class).invoke(null, HEX.parseHex(text));
    } catch (InvocationTargetException error) {
      if (error.getCause() instanceof WireException cause) throw cause;
      throw error;
    }
  }

  /** Calls the client's own method. */
  private Object typed(Command command, String suffix) throws ReflectiveOperationException {
    String[] path = command.text("method").split("/");
    String service = path[0].substring(path[0].lastIndexOf('.') + 1);
    String name = Character.toLowerCase(path[1].charAt(0)) + path[1].substring(1) + suffix;
    CallOptions[] options = {};
    if (command.get("timeout_ms") != null) {
      options = new CallOptions[] {CallOptions.timeout(Duration.ofMillis(command.number("timeout_ms")))};
    }
    try {
      Message request = decoded(command.text("request_type"), command.text("request"));
      for (var field : Client.class.getFields()) {
        if (!field.getType().getSimpleName().equals(service)) continue;
        var method = field.getType().getMethod(name, request.getClass(), CallOptions[].class);
        return method.invoke(field.get(client), request, options);
      }
    } catch (WireException error) {
      throw new IllegalArgumentException(error);
    } catch (InvocationTargetException error) {
      if (error.getCause() instanceof GatehouseException failure) throw failure;
      throw error;
    }
    throw new NoSuchMethodException(command.text("method"));
  }

  private void call(Command command) throws ReflectiveOperationException {
    CompletableFuture<?> answer = (CompletableFuture<?>) typed(command, "Async");
    cancels.put(command.number("id"), () -> answer.cancel(true));
    answer.whenComplete(
        (response, error) -> {
          Map<String, Object> said = new LinkedHashMap<>();
          if (error == null) said.put("response", HEX.formatHex(((Message) response).encode()));
          else if (error instanceof GatehouseException failure) said.put("error", described(failure));
          else said.put("error", Map.of("code", "CANCELLED", "reason", ""));
          say(command, said);
        });
  }

  /** Takes some messages of a stream, then lets go of it. */
  private void stream(Command command, Map<String, Object> said) throws ReflectiveOperationException {
    List<Object> messages = new ArrayList<>();
    try (Stream<?> stream = (Stream<?>) typed(command, "")) {
      while (messages.size() < command.number("take")) messages.add(HEX.formatHex(stream.next().encode()));
    }
    said.put("messages", messages);
  }

  /** Says each message of a stream that resumes. */
  private void follow(Command command) throws ReflectiveOperationException {
    try (Stream<?> stream = ((Stream<?>) typed(command, "")).resuming()) {
      cancels.put(command.number("id"), stream::close);
      while (true) {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("watch", command.text("watch"));
        said.put("message", HEX.formatHex(stream.next().encode()));
        say(said);
      }
    }
  }

  private void watch(Command command, Map<String, Object> last) throws ReflectiveOperationException, InterruptedException {
    GatehouseV1.WatchRequest request;
    try {
      request = (GatehouseV1.WatchRequest) decoded("gatehouse.v1.WatchRequest", command.text("request"));
    } catch (WireException error) {
      throw new IllegalArgumentException(error);
    }
    boolean isLenient = command.is("snapshot_on_history_lost");
    try (Watch watch = client.watch(request, isLenient, (int) command.number("credit"))) {
      cancels.put(command.number("id"), watch::close);
      while (true) {
        if (command.is("is_slow")) permitsOf(command.text("watch")).acquire();
        Change change = watch.next();
        if (change == null) break;
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("watch", command.text("watch"));
        said.put("position", watch.position());
        said.put("behind_by", watch.behindBy());
        if (change.event() != null) said.put("event", HEX.formatHex(change.event().encode()));
        if (change.current() != null) said.put("current", HEX.formatHex(change.current().encode()));
        if (change.snapshotBegun() != null) said.put("snapshot_begun", change.snapshotBegun().reason());
        var complete = change.snapshotComplete();
        if (complete != null) said.put("snapshot_complete", List.of(complete.revision(), complete.customers()));
        say(said);
      }
    }
    last.put("error", Map.of("code", "CANCELLED", "reason", ""));
  }

  /** One call again and again, so many at once. */
  private void bench(Command command, Map<String, Object> said) throws ReflectiveOperationException, InterruptedException {
    typed(command, "");
    AtomicInteger left = new AtomicInteger((int) command.number("count"));
    CompletableFuture<Void> over = new CompletableFuture<>();
    AtomicInteger running = new AtomicInteger((int) command.number("in_flight"));
    long cpu = cpuNanoseconds();
    long started = System.nanoTime();
    for (int index = 0; index < command.number("in_flight"); index++) next(command, left, running, over);
    over.join();
    said.put("seconds", (System.nanoTime() - started) / 1e9);
    said.put("cpu_seconds", (cpuNanoseconds() - cpu) / 1e9);
  }

  private void next(Command command, AtomicInteger left, AtomicInteger running, CompletableFuture<Void> over) {
    try {
      if (left.getAndDecrement() <= 0) {
        if (running.decrementAndGet() == 0) over.complete(null);
        return;
      }
      ((CompletableFuture<?>) typed(command, "Async"))
          .whenComplete(
              (response, error) -> {
                if (error != null) over.completeExceptionally(error);
                else next(command, left, running, over);
              });
    } catch (ReflectiveOperationException error) {
      over.completeExceptionally(error);
    }
  }

  static long cpuNanoseconds() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }

  /** Holds the encoding against the golden vectors. */
  private static void vectors(Command command, Map<String, Object> said) throws ReflectiveOperationException, IOException {
    List<?> vectors = (List<?>) Json.read(Files.readString(Path.of(command.text("file"))));
    List<Object> wrong = new ArrayList<>();
    for (Object each : vectors) {
      Map<?, ?> vector = (Map<?, ?>) each;
      boolean isRight;
      try {
        Message message = decoded((String) vector.get("message"), (String) vector.get("bytes"));
        isRight =
            HEX.formatHex(message.encode()).equals(vector.get("canonical"))
                && Values.of(message).equals(vector.get("value"));
      } catch (WireException error) {
        isRight = Boolean.TRUE.equals(vector.get("refused"));
      }
      if (!isRight) wrong.add(vector.toString());
    }
    said.put("count", vectors.size());
    said.put("wrong", wrong);
  }
}
