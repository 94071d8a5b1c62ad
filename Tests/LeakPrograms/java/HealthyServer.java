import com.sun.net.httpserver.HttpServer;
import java.util.concurrent.Executors;

/** Healthy: the JDK's HTTP server under load. */
class HealthyServer {
    public static void main(String[] words) throws Exception {
        Truth truth = new Truth(null);
        HttpServer server = HttpServer.create(Truth.address(words[0]), 128);
        server.setExecutor(Executors.newFixedThreadPool(16));
        server.createContext("/", exchange -> {
            truth.opened();
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes());
            exchange.close();
        });
        server.start();
    }
}
