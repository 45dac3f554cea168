package dev.crossfade.spring;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A database whose answer to a COMMIT can be lost. */
final class BreakableCommits extends DelegatingDataSource {
    private final AtomicReference<@Nullable Thread> losesNextAnswer = new AtomicReference<>();

    BreakableCommits(DataSource database) {
        super(database);
    }

    /** That to the next COMMIT of this thread: others commit, too. */
    void loseNextAnswer() {
        losesNextAnswer.set(Thread.currentThread());
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    try {
                        Object answer = method.invoke(connection, arguments);
                        if (method.getName().equals("commit")
                                && losesNextAnswer.compareAndSet(Thread.currentThread(), null)) {
                            throw new SQLNonTransientConnectionException("planned", "08006");
                        }
                        return answer;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getTargetException();
                    }
                });
    }
}
