import java.nio.channels.Selector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Selector.open() for each wait, never closed: an epoll and an eventfd each. */
class SelectorLeak {
    public static void main(String[] words) throws Exception {
        Truth truth = new Truth("selectors are not closed");
        List<Selector> kept = new CopyOnWriteArrayList<>();
        Truth.pace(words[0], () -> {
            kept.add(Selector.open());
            truth.leaked("eventpoll");
            truth.leaked("eventfd");
        });
    }
}
