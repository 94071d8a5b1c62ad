import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Healthy: one HttpClient for all requests. */
class HealthyShared {
    public static void main(String[] words) throws Exception {
        Truth truth = new Truth(null);
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + words[0] + "/")).build();
        Truth.pace(words[1], () -> {
            client.send(request, BodyHandlers.ofString());
            truth.opened();
        });
    }
}
