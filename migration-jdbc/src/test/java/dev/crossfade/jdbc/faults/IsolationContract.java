package dev.crossfade.jdbc.faults;

import static dev.crossfade.jdbc.faults.Scene.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.crossfade.control.Stage;
import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.testing.TestDatabase;
import dev.crossfade.jdbc.testing.TestServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fence holds whatever a transaction has read before it closed, at each level of isolation. */
abstract class IsolationContract extends FaultContract {
    @ParameterizedTest
    @ValueSource(strings = {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"})
    void a_transaction_that_read_before_a_handover_commits_nothing_on_the_old_primary(String isolation) {
        Instance mover = scene.startDual();
        Scene.declareCopied(mover);
        mover.orders.put(order(1));
        scene.awaitClean();
        Instance service = scene.start(
                scene.setup().legacyUrl(at(isolation, scene.legacy())).newUrl(at(isolation, scene.next())));
        List<List<Order>> onLegacy = new ArrayList<>();

        service.service.migration.inTransaction(() -> {
            Order seen = service.orders.findById(1).orElseThrow();
            onLegacy.add(rows(scene.legacy()));
            if (onLegacy.size() == 1) {
                mover.moveTo(Stage.NEW_PRIMARY);
            }
            service.orders.put(seen.with("attempt " + onLegacy.size()));
        });

        assertThat(onLegacy).containsExactly(List.of(order(1)), List.of(order(1)));
        scene.endsWith(order(1).with("attempt 2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"})
    void a_transaction_that_read_before_a_move_there_and_back_commits_nothing_of_what_it_read(String isolation) {
        Instance mover = scene.startDual();
        Scene.declareCopied(mover);
        mover.orders.put(order(1));
        scene.awaitClean();
        Instance service = scene.start(
                scene.setup().legacyUrl(at(isolation, scene.legacy())).newUrl(at(isolation, scene.next())));
        // Such a read locks the row, so that nothing can happen to it meanwhile.
        assumeFalse(scene.legacy().server() == TestServer.MARIADB && isolation.equals("SERIALIZABLE"));
        int[] attempts = {0};

        service.service.migration.inTransaction(() -> {
            Order seen = service.orders.findById(1).orElseThrow();
            if (++attempts[0] == 1) {
                mover.moveTo(Stage.NEW_PRIMARY);
                mover.orders.put(order(1).with("meanwhile"));
                scene.awaitClean();
                mover.moveTo(Stage.LEGACY_PRIMARY);
                // Another row than the one read: nothing but the fence can tell that what was read is out of date.
            }
            service.orders.put(new Order(2, "n2", seen.status(), seen.steps()));
        });

        // A third, if this instance saw the new primary and not yet the way back.
        assertThat(attempts[0]).isBetween(2, 3);
        scene.endsWith(order(1).with("meanwhile"), new Order(2, "n2", "meanwhile", 2));
    }

    /** The address of a database whose sessions begin their transactions at this level. */
    private static String at(String isolation, TestDatabase database) {
        return database.url()
                + switch (database.server()) {
                    case POSTGRES ->
                        "?options="
                                + URLEncoder.encode(
                                                "-c default_transaction_isolation=" + isolation.replace(" ", "\\ "),
                                                StandardCharsets.UTF_8)
                                        .replace("+", "%20");
                    case MARIADB -> "?sessionVariables=transaction_isolation='" + isolation.replace(' ', '-') + "'";
                    case H2, H2_SHARED ->
                        ";INIT=SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL " + isolation;
                };
    }
}
