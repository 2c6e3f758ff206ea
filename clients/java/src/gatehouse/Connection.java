package gatehouse;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One connection: frames, calls, credit, pings, GoAway. Makes nothing again; {@link Caller} does. */
final class Connection {
  private static final String AGENT = "gatehouse-java/1";
  /** With so many bytes waiting to be sent, calls wait too. */
  private static final int GREATEST_UNSENT = 4 << 20;

  /** What an answer goes to. */
  interface Receiver {
    /** Returns false when it was not granted. */
    boolean message(byte[] payload);

    void end(byte[] payload, GatehouseException failure);
  }

  private final String address;
  private final Settings settings;
  private final ScheduledExecutorService timers;
  private final Consumer<Connection> onEnd;
  private final Socket socket = new Socket();
  private final Map<Integer, Receiver> calls = new HashMap<>();
  private GatehouseException failure;
  private boolean isGreeted;
  private boolean isClosed;
  private int lastStream;
  private int greatestStreams = Integer.MAX_VALUE;
  private ByteArrayOutputStream unsent = new ByteArrayOutputStream();
  private long receivedAt = System.nanoTime();
  private boolean hasPinged;
  private ScheduledFuture<?> timer;

  private Connection(
      String address, Settings settings, ScheduledExecutorService timers, Consumer<Connection> onEnd) {
    this.address = address;
    this.settings = settings;
    this.timers = timers;
    this.onEnd = onEnd;
  }

  /** Connects and waits for the server's hello. {@code onEnd} is called when no more calls are taken. */
  static Connection open(
      String address, Settings settings, ScheduledExecutorService timers, Consumer<Connection> onEnd) {
    Connection connection = new Connection(address, settings, timers, onEnd);
    connection.open();
    return connection;
  }

  private void open() {
    long deadline = System.nanoTime() + settings.connectTimeout().toNanos();
    int colon = address.lastIndexOf(':');
    try {
      String host = address.substring(0, colon).replaceAll("^\\[|\\]$", "");
      InetSocketAddress peer = new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1)));
      socket.connect(peer, (int) settings.connectTimeout().toMillis());
      socket.setTcpNoDelay(true);
    } catch (IOException | IllegalArgumentException error) {
      end(GatehouseException.lost("cannot connect to " + address + ": " + error.getMessage()));
      throw failure;
    }
    String authorization = settings.token().isEmpty() ? "" : "Bearer " + settings.token();
    send(
        new GatehouseRpcV1.Frame()
            .hello(new GatehouseRpcV1.Hello().version(1).agent(AGENT).authorization(authorization)));
    start(this::receive, "gatehouse-in");
    start(this::transmit, "gatehouse-out");
    synchronized (this) {
      while (!isGreeted && failure == null) {
        long left = deadline - System.nanoTime();
        if (left <= 0) end(GatehouseException.lost(address + " did not say hello in time"));
        else pauseFor(left);
      }
      if (failure != null) throw failure;
    }
  }

  private static void start(Runnable body, String name) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Waits on this object; an interruption is kept for the caller to see. */
  private void pauseFor(long nanoseconds) {
    try {
      TimeUnit.NANOSECONDS.timedWait(this, Math.max(nanoseconds, 1_000_000));
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      end(new GatehouseException(Code.CANCELLED, "interrupted"));
    }
  }

  // Calls

  synchronized boolean takesCalls() {
    return failure == null;
  }

  synchronized boolean isClosed() {
    return isClosed;
  }

  /** Whether a call has to wait for another's end, or for the network. */
  synchronized boolean isFull() {
    return failure == null && (calls.size() >= greatestStreams || unsent.size() > GREATEST_UNSENT);
  }

  /** Makes a call; its stream. A timeout of null is none. */
  synchronized int begin(String path, byte[] payload, Duration timeout, int credit, Receiver to) {
    if (failure != null) throw failure.unbegun();
    lastStream++;
    calls.put(lastStream, to);
    var call = new GatehouseRpcV1.Call().method(path).payload(payload).credit(credit);
    if (timeout != null) call.timeoutUs(Math.max(1, timeout.toNanos() / 1000));
    if (to instanceof Replies replies) replies.stream = lastStream;
    send(new GatehouseRpcV1.Frame().stream(lastStream).call(call));
    if (timer == null) {
      receivedAt = Math.max(receivedAt, System.nanoTime() - settings.keepaliveAfter().toNanos());
      lookAfterSilence();
    }
    return lastStream;
  }

  /** Ends a call from this side; nothing happens when it has ended. */
  synchronized void cancel(int stream) {
    if (!calls.containsKey(stream)) return;
    send(new GatehouseRpcV1.Frame().stream(stream).cancel(new GatehouseRpcV1.Cancel()));
    forget(stream);
  }

  synchronized void grant(int stream, int messages) {
    if (calls.containsKey(stream)) {
      send(new GatehouseRpcV1.Frame().stream(stream).credit(new GatehouseRpcV1.Credit().messages(messages)));
    }
  }

  private void forget(int stream) {
    calls.remove(stream);
    if (failure != null && calls.isEmpty()) end(failure); // Drained.
  }

  // What is sent

  private synchronized void send(GatehouseRpcV1.Frame frame) {
    byte[] body = frame.encode();
    for (int shift = 24; shift >= 0; shift -= 8) unsent.write(body.length >>> shift);
    unsent.writeBytes(body);
    notifyAll();
  }

  /** Sends what gathers until the end. */
  private void transmit() {
    try (socket) {
      while (true) {
        ByteArrayOutputStream sending;
        synchronized (this) {
          while (unsent.size() == 0 && !isClosed) wait();
          if (unsent.size() == 0) return;
          sending = unsent;
          unsent = new ByteArrayOutputStream();
        }
        sending.writeTo(socket.getOutputStream());
      }
    } catch (IOException | InterruptedException error) {
      end(GatehouseException.lost(address + ": " + error.getMessage()));
    }
  }

  // What comes

  private void receive() {
    try {
      DataInputStream source = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
      while (true) {
        int length = source.readInt();
        if (length < 0 || length > Settings.GREATEST_FRAME) {
          violated("a frame is too long");
          return;
        }
        Runnable answer = take(GatehouseRpcV1.Frame.decode(source.readNBytes(length)));
        // Not under the lock: whoever waits may do anything.
        if (answer != null) answer.run();
      }
    } catch (WireException error) {
      violated("a frame is none: " + error.getMessage());
    } catch (IOException error) {
      end(GatehouseException.lost(address + ": the connection was closed before the answer came"));
    }
  }

  /** Returns what is left to do when the lock was let go of. */
  private synchronized Runnable take(GatehouseRpcV1.Frame frame) {
    if (isClosed) return null;
    receivedAt = System.nanoTime();
    hasPinged = false;
    if (!isGreeted && frame.hello == null && frame.goAway == null) {
      violated("the server's first frame is no hello");
    } else if (frame.reply != null) {
      return reply(frame.stream, frame.reply);
    } else if (frame.ping != null) {
      send(new GatehouseRpcV1.Frame().pong(new GatehouseRpcV1.Pong().nonce(frame.ping.nonce)));
    } else if (frame.goAway != null) {
      goAway(frame.goAway);
    } else if (frame.hello != null && frame.hello.version == 1 && !isGreeted) {
      if (frame.hello.limits != null && frame.hello.limits.maxStreams > 0) {
        greatestStreams = frame.hello.limits.maxStreams;
      }
      isGreeted = true;
      notifyAll();
    } else if (frame.pong == null) {
      violated("a frame is out of order");
    }
    return null;
  }

  private Runnable reply(int stream, GatehouseRpcV1.Reply reply) {
    Receiver to = calls.get(stream);
    if (to == null) {
      if (stream <= 0 || stream > lastStream) violated("a reply is to a call that was not made");
    } else if (reply.status == null) {
      if (!to.message(reply.payload)) violated("a stream has more messages than were granted");
    } else {
      forget(stream);
      GatehouseException refusal = reply.status.code == 0 ? null : GatehouseException.of(reply.status);
      return () -> to.end(refusal == null ? reply.payload : null, refusal);
    }
    return null;
  }

  private void goAway(GatehouseRpcV1.GoAway notice) {
    var status = notice.status != null ? notice.status : new GatehouseRpcV1.Status().code(Code.UNAVAILABLE.ordinal());
    if (failure == null) failure = GatehouseException.of(status);
    timers.execute(() -> onEnd.accept(this));
    List<Receiver> unbegun = new ArrayList<>();
    calls.entrySet().removeIf(
        call -> Integer.compareUnsigned(call.getKey(), notice.lastStream) > 0 && unbegun.add(call.getValue()));
    for (Receiver to : unbegun) to.end(null, failure.unbegun());
    notifyAll();
    if (!isGreeted || calls.isEmpty()) end(failure);
  }

  /** The server, or what lies between, sends what cannot be. */
  void violated(String what) {
    end(GatehouseException.lost(address + ": " + what + "; the connection is given up"));
  }

  // Time and end

  private synchronized void lookAfterSilence() {
    timer = null;
    if (calls.isEmpty() || isClosed) return;
    long due = receivedAt + settings.keepaliveAfter().toNanos();
    if (hasPinged) due += settings.keepaliveTimeout().toNanos();
    long left = due - System.nanoTime();
    if (left <= 0) {
      if (hasPinged) {
        end(GatehouseException.lost(address + " does not answer"));
        return;
      }
      hasPinged = true;
      send(new GatehouseRpcV1.Frame().ping(new GatehouseRpcV1.Ping().nonce(lastStream)));
      left = settings.keepaliveTimeout().toNanos();
    }
    timer = timers.schedule(this::lookAfterSilence, left, TimeUnit.NANOSECONDS);
  }

  /** Fails every call, and every later one. The first reason counts. */
  synchronized void end(GatehouseException reason) {
    if (isClosed) return;
    isClosed = true;
    if (failure == null) failure = reason;
    if (timer != null) timer.cancel(false);
    List<Receiver> receivers = List.copyOf(calls.values());
    calls.clear();
    if (!receivers.isEmpty() || !isGreeted) {
      try {
        socket.close();
      } catch (IOException error) {
        // It is closed anyway.
      }
    }
    for (Receiver to : receivers) to.end(null, reason);
    notifyAll();
    if (!timers.isShutdown()) timers.execute(() -> onEnd.accept(this));
  }
}
