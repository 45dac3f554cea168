package dev.crossfade.jdbc.testing.proxy;

import dev.crossfade.jdbc.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a test and its database on loopback. It forwards until told otherwise; {@link #heal} makes it forward
 * again. A cut strikes once, and the future it returns completes when the client's connection has been reset. Safe for
 * use by many threads.
 */
public final class FaultProxy implements AutoCloseable {
    private enum Mode {
        FORWARD,
        BLACK_HOLE,
        DOWN
    }

    private final TestDatabase database;
    private final ServerSocket listener;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Cut> armed = new AtomicReference<>();
    private volatile Mode mode = Mode.FORWARD;
    private volatile Duration delay = Duration.ZERO;

    private FaultProxy(TestDatabase database, ServerSocket listener) {
        this.database = database;
        this.listener = listener;
    }

    public static FaultProxy before(TestDatabase database) {
        try {
            FaultProxy proxy = new FaultProxy(database, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            Link.daemon("proxy accepts", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("The proxy did not start", e);
        }
    }

    /** The database's address by way of this proxy. */
    public String url() {
        return database.urlThrough(listener.getLocalPort());
    }

    /** Connections that are open now. */
    public int connections() {
        return links.size();
    }

    /** Whether an open connection has sent or been sent something that was swallowed. */
    public boolean bytesWereLost() {
        return links.stream().anyMatch(Link::lostBytes);
    }

    /** Holds back what comes from either end for this long, so that a round trip takes twice as long more. */
    public void delay(Duration each) {
        delay = each;
    }

    /** Swallows whatever either end sends, and accepts new connections only to do the same. */
    public void blackHole() {
        mode = Mode.BLACK_HOLE;
    }

    /** Resets every connection, open or new, as if the server were stopped. */
    public void down() {
        mode = Mode.DOWN;
        reset();
    }

    /** Resets the connections that are open; new ones are forwarded. */
    public void reset() {
        links.forEach(Link::reset);
    }

    /** Ends the stream to the clients of the open connections, which may still send. */
    public void halfClose() {
        links.forEach(Link::endStreamToClient);
    }

    /** Lets this many bytes more through to the server, counted over all connections, and resets who sends more. */
    public CompletableFuture<Void> cutAfter(long bytes) {
        return arm(Cut.afterBytes(bytes));
    }

    /** Forwards the next COMMIT, waits until the server has answered it, swallows the answer and resets the client. */
    public CompletableFuture<Void> cutAfterCommit() {
        return arm(Cut.afterCommit());
    }

    private CompletableFuture<Void> arm(Cut cut) {
        armed.set(cut);
        return cut.happened();
    }

    /** Forwards again, without delay or cut. A connection that lost bytes is reset; it could only talk nonsense. */
    public void heal() {
        armed.set(null);
        delay = Duration.ZERO;
        mode = Mode.FORWARD;
        links.stream().filter(Link::lostBytes).forEach(Link::reset);
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The proxy did not stop", e);
        }
        reset();
    }

    @Nullable
    Cut armed() {
        return armed.get();
    }

    /** True for the one caller that may carry it out. */
    boolean strike(Cut cut) {
        return armed.compareAndSet(cut, null);
    }

    boolean swallows() {
        return mode == Mode.BLACK_HOLE;
    }

    Duration delay() {
        return delay;
    }

    void closed(Link link) {
        links.remove(link);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                open(listener.accept());
            } catch (IOException e) {
                // The listener was closed, or the server refuses: that client sees its connection reset.
            }
        }
    }

    private void open(Socket client) throws IOException {
        if (mode == Mode.DOWN) {
            Link.reset(client);
            return;
        }
        Socket server;
        try {
            server = new Socket(InetAddress.getLoopbackAddress(), database.port());
        } catch (IOException e) {
            Link.reset(client);
            throw e;
        }
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        Link link = new Link(this, Wire.of(database.server()), client, server);
        links.add(link);
        link.start();
        if (mode == Mode.DOWN) {
            link.reset();
        }
    }
}
