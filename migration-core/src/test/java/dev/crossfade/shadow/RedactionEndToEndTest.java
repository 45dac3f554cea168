package dev.crossfade.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import dev.crossfade.control.Stage;
import dev.crossfade.testing.FakeCatalog;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.ReadFixture;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RedactionEndToEndTest {
    private static final String CANARY = "CANARY-4711";

    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.crossfade");
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            StringBuilder line = new StringBuilder(event.getFormattedMessage());
            for (IThrowableProxy cause = event.getThrowableProxy(); cause != null; cause = cause.getCause()) {
                line.append(cause.getMessage());
            }
            lines.add(line.toString());
        }
    };

    @BeforeEach
    void listen() {
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.TRACE);
        logger.setAdditive(false);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(appender);
        logger.setLevel(null);
        logger.setAdditive(true);
    }

    private static Order secret(String suffix) {
        return new Order(1L, 1, CANARY + suffix, CANARY + suffix);
    }

    @Test
    void no_value_of_a_row_or_of_a_stores_exception_is_told_anywhere() {
        ReadFixture fixture = ReadFixture.legacyPrimary(
                builder -> builder.relay(relay -> relay.maxAttempts(2).inlineWait(Duration.ZERO))
                        .shadowReads(shadow -> shadow.minimumSample(1)));
        fixture.control.shadowPercent(100);
        fixture.legacy.rows.put(1L, secret("a"));
        fixture.next.rows.put(1L, secret("b"));
        fixture.catalog.findById(1);
        fixture.outcome();
        fixture.catalog.findByCustomer(1);
        fixture.outcome();
        assertThat(fixture.migration.status().shadowReads().mismatched()).isEqualTo(2);

        fixture.next.onRead = FakeCatalog.failing(() -> new SQLTransientConnectionException(CANARY));
        fixture.next.onWrite = FakeCatalog.failing(() -> new SQLException(CANARY, "23514", new Error(CANARY)));
        fixture.control.readNewPercent(100);
        for (int i = 0; i < 8; i++) {
            fixture.catalog.findById(2);
        }
        fixture.catalog.put(secret("c"));
        fixture.eventuallyInTime(
                Duration.ofSeconds(1),
                () -> assertThat(fixture.migration.status().ledger().parked()).isEqualTo(1));
        Throwable refused = catchThrowable(() -> fixture.migration.copy(Order.class));
        fixture.migration.moveTo(Stage.NEW_PRIMARY, ReadFixture.ALICE);
        String status = fixture.migration.status().toString();
        String parked = fixture.migration.parkedKeys().list(10).toString();
        fixture.close();
        Throwable closed = catchThrowable(() -> fixture.catalog.put(secret("d")));

        assertThat(lines).isNotEmpty().noneMatch(line -> line.contains(CANARY));
        assertThat(fixture.events)
                .isNotEmpty()
                .noneMatch(event -> event.toString().contains(CANARY));
        assertThat(List.of(status, parked, refused.toString(), closed.toString()))
                .noneMatch(s -> s.contains(CANARY));
        assertThat(fixture.meters.getMetersAsString()).doesNotContain(CANARY);
    }

    @Test
    void an_allowed_value_passes_through_the_redactor_only() {
        ReadFixture fixture = ReadFixture.comparing(
                rules -> rules.allowValues("status").redactor(value -> "<" + value.length() + " characters>"));
        fixture.control.shadowPercent(100);
        fixture.legacy.rows.put(1L, secret("a"));
        fixture.next.rows.put(1L, secret("bb"));
        fixture.catalog.findById(1);
        String outcome = fixture.outcome().toString();
        fixture.close();
        assertThat(outcome).contains("<12 characters>", "<13 characters>").doesNotContain(CANARY);
        assertThat(lines).noneMatch(line -> line.contains(CANARY));
        assertThat(fixture.events).noneMatch(event -> event.toString().contains(CANARY));
    }
}
