package dev.crossfade.spring.orders;

import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Orders in a database, by way of the pool that the service has always had. */
public class JdbcOrders implements OrderRepository {
    private JdbcClient jdbc;
    private final DataSource pool;
    private Runnable duringNextSave = () -> {};

    public JdbcOrders(DataSource pool) {
        this.pool = pool;
        this.jdbc = JdbcClient.create(pool);
        jdbc.sql("CREATE TABLE IF NOT EXISTS orders (id BIGINT PRIMARY KEY, status VARCHAR(20) NOT NULL)")
                .update();
    }

    /** As with a connection of its own, of which Spring knows nothing. */
    public void workPastSpring() {
        jdbc = JdbcClient.create(new DelegatingDataSource(pool));
    }

    /** The next save runs this too, after its statements. */
    public void duringNextSave(Runnable action) {
        duringNextSave = action;
    }

    @Override
    public Optional<Order> findById(long id) {
        return jdbc.sql("SELECT id, status FROM orders WHERE id = ?")
                .param(id)
                .query(Order.class)
                .optional();
    }

    @Override
    public List<Order> findAll() {
        return jdbc.sql("SELECT id, status FROM orders ORDER BY id")
                .query(Order.class)
                .list();
    }

    @Override
    public void save(Order order) {
        int updated = jdbc.sql("UPDATE orders SET status = ? WHERE id = ?")
                .params(order.status(), order.id())
                .update();
        if (updated == 0) {
            jdbc.sql("INSERT INTO orders (id, status) VALUES (?, ?)")
                    .params(order.id(), order.status())
                    .update();
        }
        Runnable action = duringNextSave;
        duringNextSave = () -> {};
        action.run();
    }

    @Override
    public void deleteById(long id) {
        jdbc.sql("DELETE FROM orders WHERE id = ?").param(id).update();
    }
}
