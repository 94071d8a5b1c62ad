// Opens sockets in several ways, and says which method asked for which.
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import sun.misc.Signal;

public class Tracee {
    interface Ask {
        void ask(int port) throws Exception;
    }

    static final List<Object> kept = Collections.synchronizedList(new ArrayList<>());
    static final List<String> truth = Collections.synchronizedList(new ArrayList<>());

    static void keep(String site, Object thing, Object port) {
        kept.add(thing);
        truth.add(site + " " + port);
    }

    static void leakInMain(int port) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        keep("Tracee.leakInMain", socket, socket.getLocalPort());
    }

    static void leakSocket(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
        keep("Tracee.leakSocket", socket, socket.getLocalPort());
    }

    static void leakChannel(int port) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
        keep("Tracee.leakChannel", channel, channel.socket().getLocalPort());
    }

    static void leakUrlConnection(int port) throws IOException {
        URI uri = URI.create("http://127.0.0.1:" + port + "/endless");
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        InputStream body = connection.getInputStream();
        keep("Tracee.leakUrlConnection", body, connection.getHeaderField("X-Port"));
    }

    static class Pool {
        final List<HttpClient> clients = new ArrayList<>();

        void leakHttpClient(int port) throws Exception {
            HttpClient client = HttpClient.newHttpClient();
            clients.add(client);
            HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build();
            HttpResponse<String> response =
                client.send(request, HttpResponse.BodyHandlers.ofString());
            keep("Tracee$Pool.leakHttpClient", this,
                response.headers().firstValue("X-Port").orElseThrow());
        }
    }

    static void healthy(int port) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        byte[] answer = new byte[4096];
        for (int round = 0; round < 200; round++) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: tracee\r\n\r\n".getBytes());
            if (socket.getInputStream().read(answer) <= 0) throw new IOException("no answer");
        }
        keep("Tracee.healthy", socket, socket.getLocalPort());
    }

    static void churn(int port) throws IOException {
        new Socket("127.0.0.1", port).close();
    }

    // Three layers between who starts it and who asks.
    static void layer1(Ask ask, int port) throws Exception { layer2(ask, port); }
    static void layer2(Ask ask, int port) throws Exception { layer3(ask, port); }
    static void layer3(Ask ask, int port) throws Exception { ask.ask(port); }

    static void loop(int times, int pause, int port, Ask ask) {
        try {
            for (int round = 0; round < times; round++) {
                layer1(ask, port);
                Thread.sleep(pause);
            }
        } catch (Exception failure) {
            failure.printStackTrace();
            System.exit(1);
        }
    }

    public static void main(String[] words) throws Exception {
        int port = Integer.parseInt(words[0]);
        CountDownLatch begin = new CountDownLatch(1);
        Signal.handle(new Signal("USR1"), signal -> begin.countDown());
        System.out.println("ready");
        begin.await();
        List<Thread> threads = new ArrayList<>();
        Pool pool = new Pool();
        for (Ask ask : List.<Ask>of(Tracee::leakSocket, Tracee::leakChannel,
                Tracee::leakUrlConnection, pool::leakHttpClient)) {
            threads.add(new Thread(() -> loop(40, 10, port, ask)));
        }
        threads.add(new Thread(() -> loop(200, 2, port, Tracee::churn)));
        for (int number = 0; number < 4; number++) {
            threads.add(new Thread(() -> loop(1, 0, port, Tracee::healthy)));
        }
        for (Thread thread : threads) thread.start();
        loop(40, 10, port, Tracee::leakInMain);
        for (Thread thread : threads) thread.join();
        synchronized (truth) {
            for (String line : truth) System.out.println(line);
        }
        System.out.println("done");
        Thread.sleep(Long.MAX_VALUE);
    }
}
