package dev.crossfade.jdbc.testing.proxy;

import java.io.IOException;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** One client's connection through the proxy: a thread for either direction. */
final class Link {
    private final FaultProxy proxy;
    private final Wire wire;
    private final Socket client;
    private final Socket server;

    /** Set before the COMMIT is forwarded, so that its answer cannot slip through. */
    private volatile @Nullable Cut awaitingAnswer;

    private volatile boolean lostBytes;

    Link(FaultProxy proxy, Wire wire, Socket client, Socket server) {
        this.proxy = proxy;
        this.wire = wire;
        this.client = client;
        this.server = server;
    }

    void start() {
        daemon("proxy to server", () -> pump(client, this::fromClient));
        daemon("proxy to client", () -> pump(server, this::fromServer));
    }

    private interface Sink {
        void take(byte[] bytes, int length) throws IOException;
    }

    private void pump(Socket from, Sink sink) {
        byte[] bytes = new byte[16_384];
        try {
            for (int length = from.getInputStream().read(bytes);
                    length >= 0;
                    length = from.getInputStream().read(bytes)) {
                if (proxy.swallows()) {
                    lostBytes = true;
                    resetIfHealedMeanwhile();
                } else {
                    Thread.sleep(proxy.delay().toMillis());
                    sink.take(bytes, length);
                }
            }
        } catch (IOException e) {
            // One end is gone, and the other follows.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    /** Healing looks for connections that lost bytes, and may have looked too early for this one. */
    private void resetIfHealedMeanwhile() {
        if (!proxy.swallows()) {
            reset();
        }
    }

    private void fromClient(byte[] bytes, int length) throws IOException {
        boolean commits = wire.commits(bytes, length);
        Cut cut = proxy.armed();
        int allowed = length;
        if (cut != null && cut.atCommit() && commits && proxy.strike(cut)) {
            awaitingAnswer = cut;
        } else if (cut != null) {
            allowed = cut.allow(length);
        }
        server.getOutputStream().write(bytes, 0, allowed);
        if (cut != null && allowed < length) {
            proxy.strike(cut);
            cut(cut);
        }
    }

    private void fromServer(byte[] bytes, int length) throws IOException {
        Cut cut = awaitingAnswer;
        if (cut == null) {
            client.getOutputStream().write(bytes, 0, length);
        } else if (wire.answered(bytes, length)) {
            cut(cut);
        }
    }

    private void cut(Cut cut) {
        reset();
        cut.happened().complete(null);
    }

    boolean lostBytes() {
        return lostBytes;
    }

    void endStreamToClient() {
        try {
            client.shutdownOutput();
        } catch (IOException e) {
            close();
        }
    }

    void reset() {
        reset(client);
        close();
    }

    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It is closed already, which is all that was wanted.
        }
    }

    private void close() {
        proxy.closed(this);
        for (Socket end : new Socket[] {client, server}) {
            try {
                end.close();
            } catch (IOException e) {
                // Closed is closed.
            }
        }
    }

    static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
