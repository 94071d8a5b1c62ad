import java.net.URL;

/** HttpURLConnection without setReadTimeout against a server that never answers. */
class HungServer {
    public static void main(String[] words) throws Exception {
        Truth truth = new Truth("no read timeout");
        URL url = new URL("http://" + words[0] + "/");
        Truth.pace(words[1], () -> {
            truth.leaked("socket");
            url.openStream().readAllBytes();
        });
    }
}
