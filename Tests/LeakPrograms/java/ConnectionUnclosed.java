import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** HttpURLConnection whose stream is opened and forgotten; the server closes it after a while. */
class ConnectionUnclosed {
    public static void main(String[] words) throws Exception {
        Truth truth = new Truth("the stream of an HttpURLConnection is not read or closed");
        List<InputStream> kept = new CopyOnWriteArrayList<>();
        URL url = new URL("http://" + words[0] + "/");
        Truth.pace(words[1], () -> {
            HttpURLConnection connection = (HttpURLConnection) url.openConnection();
            if (connection.getResponseCode() == 200) {
                kept.add(connection.getInputStream());
                truth.leaked("socket");
            }
        });
    }
}
