import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** Healthy: sixteen threads with a selector each, as in Netty, and two busy connections on each. */
class HealthySelectors {
    public static void main(String[] words) throws Exception {
        Truth truth = new Truth(null);
        byte[] request = "GET / HTTP/1.1\r\nHost: loop.test\r\n\r\n".getBytes();
        for (int loop = 0; loop < 16; loop++) {
            new Thread(() -> {
                try (Selector selector = Selector.open()) {
                    for (int each = 0; each < 2; each++) {
                        SocketChannel channel = SocketChannel.open(Truth.address(words[0]));
                        channel.configureBlocking(false);
                        channel.register(selector, SelectionKey.OP_READ);
                        truth.opened();
                    }
                    ByteBuffer buffer = ByteBuffer.allocate(4096);
                    while (true) {
                        for (SelectionKey key : selector.keys()) {
                            ((SocketChannel) key.channel()).write(ByteBuffer.wrap(request));
                        }
                        while (selector.select(200) > 0) {
                            for (SelectionKey key : selector.selectedKeys()) {
                                ((SocketChannel) key.channel()).read(buffer.clear());
                            }
                            selector.selectedKeys().clear();
                        }
                    }
                } catch (Exception failed) {
                    System.err.println(failed);
                }
            }).start();
        }
    }
}
