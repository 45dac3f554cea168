package dev.crossfade.samples.benchmarks.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The way to the server through a port of its own, which can be closed or swallow everything. */
final class Line implements AutoCloseable {
    private final int target;
    private final int port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile ServerSocket listening;
    private volatile State state = State.HEALTHY;

    /** What the line does. */
    enum State {
        HEALTHY,
        /** Connections are cut and refused. */
        DEAD,
        /** Connections are accepted, and nothing comes through. */
        BLACK_HOLE
    }

    Line(int target) throws IOException {
        this.target = target;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.port = listening.getLocalPort();
        accept(listening);
    }

    int port() {
        return port;
    }

    void become(State wanted) throws IOException {
        state = wanted;
        if (wanted == State.DEAD) {
            listening.close();
            cut();
        } else if (listening.isClosed()) {
            listening = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
            accept(listening);
        }
        if (wanted == State.HEALTHY) {
            // What was swallowed is lost, so these connections are of no use.
            cut();
        }
    }

    private void accept(ServerSocket server) {
        spawn(() -> {
            while (true) {
                Socket client = server.accept();
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), target);
                client.setTcpNoDelay(true);
                behind.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(behind);
                spawn(() -> copy(client, behind));
                spawn(() -> copy(behind, client));
            }
        });
    }

    private void copy(Socket from, Socket to) throws IOException {
        byte[] buffer = new byte[65_536];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (state == State.HEALTHY) {
                    out.write(buffer, 0, length);
                    out.flush();
                }
            }
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private void cut() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private interface Body {
        void run() throws IOException;
    }

    private static void spawn(Body body) {
        Thread thread = new Thread(() -> {
            try {
                body.run();
            } catch (IOException closed) {
                // The line was cut.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut();
    }
}
