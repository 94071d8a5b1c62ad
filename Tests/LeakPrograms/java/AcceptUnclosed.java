import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A server that answers and forgets to close what it has accepted. */
class AcceptUnclosed {
    public static void main(String[] words) throws Exception {
        Truth truth = new Truth("accepted sockets are not closed");
        List<Socket> kept = new ArrayList<>();
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(Truth.address(words[0]), 256);
            while (true) {
                Socket socket = listener.accept();
                kept.add(socket);
                truth.leaked("socket");
                byte[] buffer = new byte[4096];
                if (socket.getInputStream().read(buffer) > 0) {
                    socket.getOutputStream().write(
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes());
                }
            }
        }
    }
}
