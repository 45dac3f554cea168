package dev.crossfade.jdbc.internal.site;

import dev.crossfade.AuditEntry;
import dev.crossfade.Operator;
import dev.crossfade.Side;
import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.internal.sql.Dialect;
import dev.crossfade.jdbc.internal.sql.Statements;
import dev.crossfade.jdbc.internal.sql.Text;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The small tables beside fence and ledger: who is alive, who has claimed what, what was copied, and what was done by
 * whom. Every method runs on the connection that it is given, in its open transaction; times are the database's, and are
 * compared there, so that no session's time zone shifts them.
 */
public final class Bookkeeping {
    private final Dialect dialect;
    private final String prefix;
    private final String migration;
    private final String side;

    public Bookkeeping(Dialect dialect, String prefix, String migration, Side side) {
        this.dialect = dialect;
        this.prefix = prefix;
        this.migration = migration;
        this.side = side == Side.LEGACY ? "L" : "N";
    }

    /** An instance of the service, as it said of itself. */
    public record Instance(String id, long epoch, Stage stage, String description) {}

    /** Notes that an instance is alive and what it goes by. */
    public void beat(Connection connection, Instance instance) throws SQLException {
        String update = """
                UPDATE %sinstance SET beat_at = %s, epoch = ?, stage = ?
                 WHERE migration = ? AND side = ? AND instance_id = ?
                """.formatted(prefix, dialect.now());
        if (Statements.execute(
                        connection, update, instance.epoch(), instance.stage().name(), migration, side, instance.id())
                == 0) {
            String insert = """
                    INSERT INTO %sinstance (migration, side, instance_id, started_at, beat_at, epoch, stage, description)
                    VALUES (?, ?, ?, %s, %s, ?, ?, ?)
                    """.formatted(prefix, dialect.now(), dialect.now());
            Statements.execute(
                    connection,
                    insert,
                    migration,
                    side,
                    instance.id(),
                    instance.epoch(),
                    instance.stage().name(),
                    Text.cut(instance.description(), 200));
        }
    }

    /** The instances that were alive within this time. */
    public List<Instance> alive(Connection connection, Duration within) throws SQLException {
        String sql = """
                SELECT instance_id, epoch, stage, description FROM %sinstance
                 WHERE migration = ? AND side = ? AND beat_at > %s
                """.formatted(prefix, dialect.nowPlusMicros());
        List<Instance> alive = new ArrayList<>();
        try (PreparedStatement select =
                        Statements.prepare(connection, sql, migration, side, -Statements.micros(within));
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                alive.add(new Instance(
                        rows.getString(1), rows.getLong(2), Stage.valueOf(rows.getString(3)), rows.getString(4)));
            }
        }
        return alive;
    }

    /** Removes an instance that ends, and those that have not been heard of for long. */
    public void leave(Connection connection, String instance, Duration forgetAfter) throws SQLException {
        String sql = """
                DELETE FROM %sinstance WHERE migration = ? AND side = ? AND (instance_id = ? OR beat_at < %s)
                """.formatted(prefix, dialect.nowPlusMicros());
        Statements.execute(connection, sql, migration, side, instance, -Statements.micros(forgetAfter));
    }

    /**
     * Claims a job for an instance, or renews its claim; false if another instance holds it. It spares work and keeps
     * nothing safe.
     */
    public boolean claim(Connection connection, String job, String instance, Duration lease) throws SQLException {
        String update = """
                UPDATE %sclaim SET holder = ?, lease_until = %s
                 WHERE migration = ? AND side = ? AND name = ? AND (holder = ? OR lease_until < %s)
                """.formatted(prefix, dialect.nowPlusMicros(), dialect.now());
        if (Statements.execute(connection, update, instance, Statements.micros(lease), migration, side, job, instance)
                == 1) {
            return true;
        }
        String known = "SELECT 1 FROM %sclaim WHERE migration = ? AND side = ? AND name = ?".formatted(prefix);
        try (PreparedStatement select = Statements.prepare(connection, known, migration, side, job);
                ResultSet rows = select.executeQuery()) {
            if (rows.next()) {
                return false;
            }
        }
        String insert = """
                INSERT INTO %sclaim (migration, side, name, holder, lease_until) VALUES (?, ?, ?, ?, %s)
                """.formatted(prefix, dialect.nowPlusMicros());
        Statements.execute(connection, insert, migration, side, job, instance, Statements.micros(lease));
        return true;
    }

    /** Entities whose old rows have crossed in this generation. */
    public Set<String> copied(Connection connection, long generation) throws SQLException {
        String sql =
                "SELECT entity FROM %scoverage WHERE migration = ? AND side = ? AND generation = ?".formatted(prefix);
        Set<String> entities = new HashSet<>();
        try (PreparedStatement select = Statements.prepare(connection, sql, migration, side, generation);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                entities.add(rows.getString(1));
            }
        }
        return entities;
    }

    /** Notes that an entity's old rows have crossed in this generation. */
    public void copied(Connection connection, String entity, long generation, Operator operator) throws SQLException {
        String update = """
                UPDATE %scoverage SET generation = ?, copied_at = %s, copied_by = ?
                 WHERE migration = ? AND side = ? AND entity = ?
                """.formatted(prefix, dialect.now());
        if (Statements.execute(connection, update, generation, Text.cut(operator.name(), 64), migration, side, entity)
                == 0) {
            String insert = """
                    INSERT INTO %scoverage (migration, side, entity, generation, copied_at, copied_by)
                    VALUES (?, ?, ?, ?, %s, ?)
                    """.formatted(prefix, dialect.now());
            Statements.execute(connection, insert, migration, side, entity, generation, Text.cut(operator.name(), 64));
        }
    }

    /** Up to where ids of a column are handed out; empty if none may be yet. */
    public OptionalLong nextId(Connection connection, String column) throws SQLException {
        String sql =
                "SELECT next_id FROM %sid_block WHERE migration = ? AND side = ? AND id_column = ?".formatted(prefix);
        try (PreparedStatement select = Statements.prepare(connection, sql, migration, side, column);
                ResultSet row = select.executeQuery()) {
            return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
        }
    }

    /** Takes as many ids of a column, of which the first is returned; empty if none may be handed out yet. */
    public OptionalLong takeIds(Connection connection, String column, int count) throws SQLException {
        String sql = """
                UPDATE %sid_block SET next_id = next_id + ? WHERE migration = ? AND side = ? AND id_column = ?
                """.formatted(prefix);
        if (Statements.execute(connection, sql, count, migration, side, column) == 0) {
            return OptionalLong.empty();
        }
        // The row is locked now.
        return OptionalLong.of(nextId(connection, column).orElseThrow() - count);
    }

    /** Has ids of a column be handed out from here on, unless they are further already. Called while nobody takes any. */
    public void handOutFrom(Connection connection, String column, long first) throws SQLException {
        OptionalLong now = nextId(connection, column);
        if (now.isEmpty()) {
            String insert = "INSERT INTO %sid_block (migration, side, id_column, next_id) VALUES (?, ?, ?, ?)"
                    .formatted(prefix);
            Statements.execute(connection, insert, migration, side, column, first);
        } else if (now.getAsLong() < first) {
            String update = """
                    UPDATE %sid_block SET next_id = ? WHERE migration = ? AND side = ? AND id_column = ?
                    """.formatted(prefix);
            Statements.execute(connection, update, first, migration, side, column);
        }
    }

    /** What was done, by whom, why and how it ended. */
    public record Deed(String what, Stage from, Stage to, long epoch, Operator by, String outcome) {
        /** The step in which writes go on at another stage of the same primary. */
        public static final String OPEN = "open";
    }

    /** Adds to the audit trail. */
    public void audit(Connection connection, Deed deed) throws SQLException {
        String sql = """
                INSERT INTO %saudit (migration, side, actor, action, from_stage, to_stage, epoch, reason, outcome)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """.formatted(prefix);
        Statements.execute(
                connection,
                sql,
                migration,
                side,
                Text.cut(deed.by().name(), 200),
                Text.cut(deed.what(), 64),
                deed.from().name(),
                deed.to().name(),
                deed.epoch(),
                Text.cut(deed.by().reason(), 1000),
                Text.cut(deed.outcome(), 1000));
    }

    /**
     * When the dual write was entered last, by the clock of this database; empty if it was not entered from here. No write
     * was under way then, and none that was committed before has left its keys in the ledger.
     */
    public Optional<Instant> enteredAt(Connection connection) throws SQLException {
        String sql = """
                SELECT happened_at FROM %saudit
                 WHERE migration = ? AND side = ? AND action = ? AND from_stage = ? ORDER BY id DESC LIMIT 1
                """.formatted(prefix);
        try (PreparedStatement select =
                        Statements.prepare(connection, sql, migration, side, Deed.OPEN, Stage.LEGACY_ONLY.name());
                ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(dialect.instant(row, 1)) : Optional.empty();
        }
    }

    /** The audit trail of this side, newest first. */
    public List<AuditEntry> audit(Connection connection, int max) throws SQLException {
        String sql = """
                SELECT happened_at, actor, action, from_stage, to_stage, epoch, reason, outcome FROM %saudit
                 WHERE migration = ? AND side = ? ORDER BY id DESC LIMIT ?
                """.formatted(prefix);
        List<AuditEntry> entries = new ArrayList<>();
        try (PreparedStatement select = Statements.prepare(connection, sql, migration, side, max);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                entries.add(new AuditEntry(
                        dialect.instant(rows, 1),
                        rows.getString(2),
                        rows.getString(3),
                        stage(rows.getString(4)),
                        stage(rows.getString(5)),
                        rows.getLong(6),
                        rows.getString(7),
                        rows.getString(8)));
            }
        }
        return entries;
    }

    private static @Nullable Stage stage(@Nullable String name) {
        return name == null ? null : Stage.valueOf(name);
    }
}
