import java.net.URL;

/** HttpURLConnection with -Dhttp.keepAlive=false: nothing leaks, each request pays a connection. */
class NoKeepAlive {
    public static void main(String[] words) throws Exception {
        Truth truth = new Truth("keep-alive is disabled");
        URL url = new URL("http://" + words[0] + "/");
        Truth.pace(words[1], () -> {
            truth.opened();
            try (var body = url.openStream()) {
                body.readAllBytes();
            }
            truth.closed();
        });
    }
}
