import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What the same costs with a socket alone: frames that are ready, answers that nobody looks into. */
final class Floor {
  private final ByteBuffer frames;
  private final Socket socket;

  private Floor(ByteBuffer frames, Socket socket) {
    this.frames = frames;
    this.socket = socket;
  }

  static void run(String file, String address, int inFlight, Map<String, Object> said) throws IOException {
    long cpu = Runner.cpuNanoseconds();
    long started = System.nanoTime();
    String[] parts = address.split(":");
    try (Socket socket = new Socket(parts[0], Integer.parseInt(parts[1]))) {
      socket.setTcpNoDelay(true);
      new Floor(ByteBuffer.wrap(Files.readAllBytes(Path.of(file))), socket).run(inFlight);
    }
    said.put("seconds", (System.nanoTime() - started) / 1e9);
    said.put("cpu_seconds", (Runner.cpuNanoseconds() - cpu) / 1e9);
  }

  private void run(int inFlight) throws IOException {
    var source = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
    int open = send(1 + inFlight) - 1;
    source.skipNBytes(source.readInt()); // The hello.
    while (open > 0) {
      // Everything that has come is answered together.
      int came = 0;
      do {
        source.skipNBytes(source.readInt());
        came++;
      } while (source.available() > 4);
      open += send(came) - came;
    }
  }

  /** Returns how many were left to send. */
  private int send(int count) throws IOException {
    int start = frames.position();
    int sent = 0;
    while (sent < count && frames.hasRemaining()) {
      int length = frames.getInt();
      frames.position(frames.position() + length);
      sent++;
    }
    socket.getOutputStream().write(frames.array(), start, frames.position() - start);
    return sent;
  }
}
