package gatehouse;

import java.util.ArrayDeque;

/** The messages of one streaming call, for one reader. Bounded by the credit that the server was granted. */
final class Replies implements Connection.Receiver {
  final Connection connection;
  int stream;
  private final int credit;
  private final ArrayDeque<byte[]> arrived = new ArrayDeque<>();
  private int granted;
  private int taken;
  private boolean isEnded;
  private GatehouseException failure;

  Replies(Connection connection, int credit) {
    this.connection = connection;
    this.credit = Math.max(1, credit);
    granted = this.credit;
  }

  @Override
  public synchronized boolean message(byte[] payload) {
    granted--;
    arrived.add(payload);
    notifyAll();
    return granted >= 0;
  }

  @Override
  public synchronized void end(byte[] payload, GatehouseException failure) {
    if (isEnded) return;
    isEnded = true;
    this.failure = failure;
    notifyAll();
  }

  /** The next message, or null at the stream's end. Throws what the stream ended with. */
  byte[] next() throws InterruptedException {
    byte[] payload;
    int messages = 0;
    synchronized (this) {
      while (arrived.isEmpty()) {
        if (failure != null) throw failure;
        if (isEnded) return null;
        wait();
      }
      payload = arrived.remove();
      taken++;
      if (taken * 2 >= credit && !isEnded) {
        messages = taken;
        granted += messages;
        taken = 0;
      }
    }
    if (messages > 0) connection.grant(stream, messages);
    return payload;
  }

  /** Ends the call from this side. */
  void cancel() {
    synchronized (this) {
      arrived.clear();
      end(null, null);
    }
    connection.cancel(stream);
  }
}
