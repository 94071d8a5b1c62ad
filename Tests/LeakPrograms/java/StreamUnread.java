import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** One HttpClient, but the InputStream of each answer is neither read nor closed. */
class StreamUnread {
    public static void main(String[] words) throws Exception {
        Truth truth = new Truth("the body stream is not read or closed");
        List<InputStream> kept = new CopyOnWriteArrayList<>();
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + words[0] + "/")).build();
        Truth.pace(words[1], () -> {
            kept.add(client.send(request, BodyHandlers.ofInputStream()).body());
            truth.leaked("socket");
        });
    }
}
