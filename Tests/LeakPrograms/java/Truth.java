import java.io.FileWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What a leak program knows of itself, a JSON line a second in the file SOCKEYE_TRUTH names. */
final class Truth {
    interface Work { void run() throws Exception; }

    private final AtomicLong opened = new AtomicLong(), closed = new AtomicLong();
    private final Map<String, AtomicLong> leaks = new ConcurrentHashMap<>();
    private final long begin = System.currentTimeMillis();
    private final String mistake;

    /** A mistake of null means a healthy program. */
    Truth(String mistake) throws Exception {
        this.mistake = mistake;
        String path = System.getenv("SOCKEYE_TRUTH");
        if (path == null) return;
        FileWriter file = new FileWriter(path, true);
        Thread writer = new Thread(() -> {
            try {
                for (;; Thread.sleep(1000)) {
                    file.write(line());
                    file.flush();
                }
            } catch (Exception ended) {
                return;
            }
        });
        writer.setDaemon(true);
        writer.start();
    }

    void opened() { opened.incrementAndGet(); }

    void closed() { closed.incrementAndGet(); }

    void leaked(String kind) {
        opened.incrementAndGet();
        leaks.computeIfAbsent(kind, any -> new AtomicLong()).incrementAndGet();
    }

    private String line() {
        long now = System.currentTimeMillis(), total = 0;
        StringBuilder kinds = new StringBuilder();
        for (Map.Entry<String, AtomicLong> each : new TreeMap<>(leaks).entrySet()) {
            total += each.getValue().get();
            kinds.append(kinds.length() > 0 ? "," : "")
                .append('"').append(each.getKey()).append("\":").append(each.getValue());
        }
        return String.format(java.util.Locale.ROOT,
            "{\"time\":%.3f,\"opened\":%d,\"closed\":%d,\"leaked\":{%s},\"rate\":%.3f,"
                + "\"mistake\":%s}\n",
            now / 1000.0, opened.get(), closed.get(), kinds,
            total / Math.max((now - begin) / 1000.0, 0.001),
            mistake == null ? "null" : '"' + mistake + '"');
    }

    /** Calls work so many times a second, each in a thread of a pool, for ever. */
    static void pace(String rate, Work work) {
        var pool = Executors.newCachedThreadPool();
        Executors.newSingleThreadScheduledExecutor().scheduleAtFixedRate(
            () -> pool.execute(() -> {
                try {
                    work.run();
                } catch (Exception failed) {
                    System.err.println(failed);
                }
            }), 0, (long) (1e9 / Double.parseDouble(rate)), TimeUnit.NANOSECONDS);
    }

    static java.net.InetSocketAddress address(String name) {
        int colon = name.lastIndexOf(':');
        return new java.net.InetSocketAddress(
            name.substring(0, colon), Integer.parseInt(name.substring(colon + 1)));
    }
}
