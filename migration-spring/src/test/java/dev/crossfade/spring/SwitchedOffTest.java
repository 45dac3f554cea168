package dev.crossfade.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.Migration;
import dev.crossfade.control.Stage;
import dev.crossfade.spring.orders.Order;
import dev.crossfade.spring.orders.OrderRepository;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** {@code crossfade.enabled=false} takes everything away, and moves no primary by it. */
class SwitchedOffTest {
    private final ApplicationContextRunner context = OrdersService.context()
            .withPropertyValues(OrdersService.inMemory(UUID.randomUUID().toString()))
            .withPropertyValues("crossfade.migrations.orders.table-prefix=move_");
    private final ApplicationContextRunner switchedOff = context.withPropertyValues("crossfade.enabled=false");

    @Test
    void before_the_first_start_legacy_is_used_without_a_migration() {
        switchedOff.run(started -> {
            assertThat(started)
                    .hasNotFailed()
                    .doesNotHaveBean(Migration.class)
                    .doesNotHaveBean(MigrationLifecycle.class);
            assertThat(started.getBean(OrderRepository.class)).isSameAs(started.getBean("legacyOrders"));
            rollsBack(started.getBean(OrderRepository.class), started.getBean(PlatformTransactionManager.class));
        });
    }

    @Test
    void in_legacy_only_legacy_is_used() {
        context.run(started -> assertThat(started).hasNotFailed());
        switchedOff.run(started ->
                assertThat(started.getBean(OrderRepository.class)).isSameAs(started.getBean("legacyOrders")));
    }

    @Test
    void while_both_stores_are_written_the_service_does_not_start() {
        context.run(started -> OrdersService.move(started, Stage.LEGACY_PRIMARY));
        switchedOff.run(failed -> assertThat(Diagnosis.of(failed.getStartupFailure()))
                .contains("crossfade.enabled is false, and migration 'orders' is in LEGACY_PRIMARY")
                .contains("Enable it again"));
    }

    @Test
    void in_new_only_the_new_store_is_used() {
        context.run(started -> {
            OrdersService.move(started, Stage.LEGACY_PRIMARY, Stage.NEW_PRIMARY, Stage.NEW_ONLY);
            started.getBean(OrderRepository.class).save(new Order(1, "new"));
        });
        switchedOff.run(started -> {
            assertThat(started.getBean(OrderRepository.class)).isSameAs(started.getBean("newOrders"));
            assertThat(started.getBean(OrderRepository.class).findById(1)).isPresent();
            rollsBack(started.getBean(OrderRepository.class), started.getBean(PlatformTransactionManager.class));
        });
    }

    private static void rollsBack(OrderRepository orders, PlatformTransactionManager manager) {
        new TransactionTemplate(manager).executeWithoutResult(status -> {
            orders.save(new Order(2, "undone"));
            status.setRollbackOnly();
        });
        assertThat(orders.findById(2)).isEmpty();
    }
}
