import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A java.net.http.HttpClient for each request, kept: each has a selector thread of its own. */
class ClientPerRequest {
    public static void main(String[] words) throws Exception {
        Truth truth = new Truth("an HttpClient per request");
        List<HttpClient> kept = new CopyOnWriteArrayList<>();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + words[0] + "/")).build();
        Truth.pace(words[1], () -> {
            HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            kept.add(client);
            client.send(request, BodyHandlers.ofString());
            truth.leaked("eventpoll");
            truth.leaked("eventfd");
        });
    }
}
