package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.execute;
import static dev.crossfade.jdbc.faults.Scene.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.Migration;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.orders.OrdersMigration;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestDatabases;
import dev.crossfade.testing.Moves;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two entities of which one refers to the other, where only the secondary insists on the order. */
abstract class ParentAndChildContract {
    record Parent(long id, String name) {}

    record Child(long id, long parentId) {}

    interface Parents {
        Optional<Parent> findById(long id);

        void save(Parent parent);

        void deleteById(long id);
    }

    interface Children {
        Optional<Child> findById(long id);

        void save(Child child);

        void deleteById(long id);
    }

    private record JdbiParents(Jdbi jdbi) implements Parents {
        @Override
        public Optional<Parent> findById(long id) {
            return jdbi.withHandle(handle -> handle.createQuery("SELECT id, name FROM parent WHERE id = ?")
                    .bind(0, id)
                    .map((row, context) -> new Parent(row.getLong(1), row.getString(2)))
                    .findOne());
        }

        @Override
        public void save(Parent parent) {
            jdbi.useTransaction(handle -> {
                if (handle.execute("UPDATE parent SET name = ? WHERE id = ?", parent.name(), parent.id()) == 0) {
                    handle.execute("INSERT INTO parent (id, name) VALUES (?, ?)", parent.id(), parent.name());
                }
            });
        }

        @Override
        public void deleteById(long id) {
            jdbi.useHandle(handle -> handle.execute("DELETE FROM parent WHERE id = ?", id));
        }
    }

    private record JdbiChildren(Jdbi jdbi) implements Children {
        @Override
        public Optional<Child> findById(long id) {
            return jdbi.withHandle(handle -> handle.createQuery("SELECT id, parent_id FROM child WHERE id = ?")
                    .bind(0, id)
                    .map((row, context) -> new Child(row.getLong(1), row.getLong(2)))
                    .findOne());
        }

        @Override
        public void save(Child child) {
            jdbi.useTransaction(handle -> {
                if (handle.execute("UPDATE child SET parent_id = ? WHERE id = ?", child.parentId(), child.id()) == 0) {
                    handle.execute("INSERT INTO child (id, parent_id) VALUES (?, ?)", child.id(), child.parentId());
                }
            });
        }

        @Override
        public void deleteById(long id) {
            jdbi.useHandle(handle -> handle.execute("DELETE FROM child WHERE id = ?", id));
        }
    }

    private final Points onNew = new Points();
    private TestDatabases databases;
    private Migration migration;
    private Parents parents;
    private Children children;

    abstract Pair pair();

    @BeforeEach
    void open() {
        databases = pair().open();
        for (TestDatabase database : databases.both()) {
            execute(database, "CREATE TABLE parent (id BIGINT PRIMARY KEY, name VARCHAR(20))");
            execute(database, "CREATE TABLE child (id BIGINT PRIMARY KEY, parent_id BIGINT NOT NULL)");
        }
        execute(databases.next(), "ALTER TABLE child ADD FOREIGN KEY (parent_id) REFERENCES parent (id)");
        Database legacy = Database.of("legacy", databases.legacy().dataSource());
        Database next = Database.of("next", onNew.over(databases.next().dataSource()));
        migration = Migration.of("families")
                .between(legacy, next)
                .repository(
                        Children.class,
                        r -> r.from(new JdbiChildren(legacy.jdbi()))
                                .to(new JdbiChildren(next.jdbi()))
                                .key(Child.class, Child::id)
                                .overwrite(Children::save))
                .repository(
                        Parents.class,
                        r -> r.from(new JdbiParents(legacy.jdbi()))
                                .to(new JdbiParents(next.jdbi()))
                                .key(Parent.class, Parent::id)
                                .overwrite(Parents::save))
                .control(ManualControl.create())
                .meters(new CompositeMeterRegistry())
                .build()
                .start();
        Moves.move(migration, Stage.LEGACY_PRIMARY, OrdersMigration.ALICE);
        parents = migration.repository(Parents.class);
        children = migration.repository(Children.class);
    }

    @AfterEach
    void close() {
        migration.close();
        databases.close();
    }

    private void endsEqual(int rows) {
        await().atMost(Scene.PATIENCE)
                .until(() -> number(
                                databases.legacy(),
                                "SELECT count(*) FROM crossfade_ledger WHERE pending_since IS NOT NULL")
                        == 0);
        for (TestDatabase database : databases.both()) {
            assertThat(number(database, "SELECT count(*) FROM parent")).isEqualTo(rows);
            assertThat(number(database, "SELECT count(*) FROM child")).isEqualTo(rows);
        }
    }

    @Test
    void children_whose_parents_come_later_are_tried_again_and_arrive() {
        for (long id = 1; id <= 20; id++) {
            long family = id;
            migration.inTransaction(() -> {
                children.save(new Child(family, 100 + family));
                parents.save(new Parent(100 + family, "p"));
            });
        }
        endsEqual(20);
    }

    @Test
    void a_child_waits_for_a_parent_that_another_thread_is_slow_to_refresh() {
        Stop slow = onNew.stopBefore("INTO parent");
        migration.inTransaction(() -> {
            children.save(new Child(1, 101));
            parents.save(new Parent(101, "p"));
        });
        slow.awaitReached();
        children.save(new Child(1, 101));
        assertThat(number(databases.next(), "SELECT count(*) FROM child")).isZero();
        slow.release();
        endsEqual(1);
    }

    @Test
    void a_family_that_is_deleted_together_is_gone_on_both_sides() {
        migration.inTransaction(() -> {
            parents.save(new Parent(101, "p"));
            children.save(new Child(1, 101));
        });
        endsEqual(1);

        migration.inTransaction(() -> {
            parents.deleteById(101);
            children.deleteById(1);
        });

        endsEqual(0);
    }
}
