package dev.crossfade.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.crossfade.CommitOutcomeUnknownException;
import dev.crossfade.Migration;
import dev.crossfade.MigrationException;
import dev.crossfade.PhaseMovedException;
import dev.crossfade.RetryableWriteException;
import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.spring.orders.JdbcOrders;
import dev.crossfade.spring.orders.Order;
import dev.crossfade.spring.orders.OrderRepository;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's transactions open on the primary, and what they write is captured with them or not at all. */
abstract class TransactionContract {

    /** Where new and empty databases are, as {@link OrdersService} takes it. */
    abstract String[] databases();

    private static final Order NEW = new Order(1, "new");
    private static final Order PAID = new Order(1, "paid");

    /** What a test looks at. */
    private record Scene(AssertableApplicationContext context) {
        OrderRepository orders() {
            return context.getBean(OrderRepository.class);
        }

        OrderRepository legacy() {
            return context.getBean("legacyOrders", OrderRepository.class);
        }

        OrderRepository next() {
            return context.getBean("newOrders", OrderRepository.class);
        }

        Migration migration() {
            return context.getBean("ordersMigration", Migration.class);
        }

        PlatformTransactionManager manager() {
            return context.getBean("ordersTransactionManager", PlatformTransactionManager.class);
        }

        TransactionTemplate transaction(int propagation) {
            TransactionTemplate template = new TransactionTemplate(manager());
            template.setPropagationBehavior(propagation);
            return template;
        }

        TransactionTemplate transaction() {
            return transaction(TransactionDefinition.PROPAGATION_REQUIRED);
        }

        Work work() {
            return context.getBean(Work.class);
        }

        /** Both stores hold this under the key, and nothing is on its way. */
        void awaitBoth(Optional<Order> order) {
            await().untilAsserted(() -> {
                assertThat(migration().status().ledger().dirty()).isZero();
                assertThat(legacy().findById(1)).isEqualTo(order);
                assertThat(next().findById(1)).isEqualTo(order);
            });
        }

        int dirty() {
            return migration().status().ledger().dirty();
        }

        long captured() {
            return rows("legacyDataSource", "SELECT COUNT(*) FROM crossfade_ledger");
        }

        long rows(String pool, String query) {
            try (Connection connection =
                            context.getBean(pool, HikariDataSource.class).getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(query)) {
                row.next();
                return row.getLong(1);
            } catch (SQLException failure) {
                throw new AssertionError(failure);
            }
        }

        void loseNextAnswerToCommit() {
            HikariDataSource pool = context.getBean("legacyDataSource", HikariDataSource.class);
            ((BreakableCommits) pool.getDataSource()).loseNextAnswer();
        }

        void requireNothingLeaks() {
            for (String pool : List.of("legacyDataSource", "newDataSource")) {
                await().untilAsserted(() -> assertThat(context.getBean(pool, HikariDataSource.class)
                                .getHikariPoolMXBean()
                                .getActiveConnections())
                        .isZero());
            }
            assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
            assertThat(TransactionSynchronizationManager.isSynchronizationActive())
                    .isFalse();
            assertThat(migration().managedTransactions().isOpenHere()).isFalse();
        }
    }

    private void inDualWrite(Consumer<Scene> test) {
        at(test, Stage.LEGACY_PRIMARY);
    }

    private void at(Consumer<Scene> test, Stage... stages) {
        OrdersService.context()
                .withPropertyValues(databases())
                .withUserConfiguration(Work.class)
                .run(started -> {
                    assertThat(started).hasNotFailed();
                    OrdersService.move(started, stages);
                    Scene scene = new Scene(started);
                    test.accept(scene);
                    scene.requireNothingLeaks();
                });
    }

    @Test
    void what_a_transaction_writes_is_committed_with_its_ledger_rows_and_refreshed_afterwards() {
        inDualWrite(scene -> {
            scene.transaction().executeWithoutResult(status -> {
                scene.orders().save(NEW);
                scene.orders().save(PAID);
                assertThat(scene.orders().findById(1)).contains(PAID);
                assertThat(scene.next().findById(1)).isEmpty();
                assertThat(scene.migration().managedTransactions().isOpenHere()).isTrue();
            });
            scene.awaitBoth(Optional.of(PAID));
            assertThat(scene.captured()).isEqualTo(1);
        });
    }

    @Test
    void a_rollback_leaves_no_row_no_ledger_row_and_nothing_to_refresh() {
        inDualWrite(scene -> {
            assertThatThrownBy(() -> scene.transaction().executeWithoutResult(status -> {
                        scene.orders().save(NEW);
                        throw new IllegalArgumentException("planned");
                    }))
                    .hasMessage("planned");
            assertThat(scene.legacy().findById(1)).isEmpty();
            assertThat(scene.captured()).isZero();
            assertThat(scene.dirty()).isZero();
        });
    }

    @Test
    void rollback_only_rolls_back() {
        inDualWrite(scene -> {
            scene.transaction().executeWithoutResult(status -> {
                scene.orders().save(NEW);
                status.setRollbackOnly();
            });
            assertThat(scene.legacy().findById(1)).isEmpty();
            assertThat(scene.captured()).isZero();
        });
    }

    @Test
    void an_inner_method_that_failed_makes_the_outer_roll_back_even_if_it_swallows_the_failure() {
        inDualWrite(scene -> {
            assertThatThrownBy(() -> scene.transaction().executeWithoutResult(status -> {
                        scene.orders().save(NEW);
                        assertThatThrownBy(() -> scene.work().saveAndFail(PAID)).hasMessage("planned");
                    }))
                    .isInstanceOf(UnexpectedRollbackException.class);
            assertThat(scene.legacy().findById(1)).isEmpty();
            assertThat(scene.captured()).isZero();
        });
    }

    @Test
    void requires_new_commits_by_itself() {
        inDualWrite(scene -> {
            assertThatThrownBy(() -> scene.transaction().executeWithoutResult(status -> {
                        scene.orders().save(new Order(2, "lost"));
                        scene.transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW)
                                .executeWithoutResult(inner -> scene.orders().save(NEW));
                        assertThat(scene.orders().findById(2)).isPresent();
                        throw new IllegalArgumentException("planned");
                    }))
                    .hasMessage("planned");
            scene.awaitBoth(Optional.of(NEW));
            assertThat(scene.legacy().findById(2)).isEmpty();
            assertThat(scene.captured()).isEqualTo(1);
        });
    }

    @Test
    void a_nested_transaction_is_undone_alone() {
        inDualWrite(scene -> {
            scene.transaction().executeWithoutResult(status -> {
                scene.orders().save(NEW);
                assertThatThrownBy(() -> scene.transaction(TransactionDefinition.PROPAGATION_NESTED)
                                .executeWithoutResult(inner -> {
                                    scene.orders().save(PAID);
                                    throw new IllegalArgumentException("planned");
                                }))
                        .hasMessage("planned");
                assertThat(scene.orders().findById(1)).contains(NEW);
            });
            scene.awaitBoth(Optional.of(NEW));
        });
    }

    @Test
    void in_a_suspended_transaction_a_write_is_one_of_its_own() {
        inDualWrite(scene -> {
            assertThatThrownBy(() -> scene.transaction().executeWithoutResult(status -> {
                        scene.orders().save(new Order(2, "lost"));
                        scene.transaction(TransactionDefinition.PROPAGATION_NOT_SUPPORTED)
                                .executeWithoutResult(none -> scene.orders().save(NEW));
                        throw new IllegalArgumentException("planned");
                    }))
                    .hasMessage("planned");
            scene.awaitBoth(Optional.of(NEW));
            assertThat(scene.legacy().findById(2)).isEmpty();
        });
    }

    @Test
    void a_read_only_transaction_refuses_writes_and_its_reads_go_by_the_dial() {
        inDualWrite(scene -> {
            scene.orders().save(NEW);
            scene.awaitBoth(Optional.of(NEW));
            copy(scene);
            scene.context().getBean(ManualControl.class).readNewPercent(100);
            await().until(() -> scene.migration().status().readNewPercent() == 100);
            TransactionTemplate readOnly = scene.transaction();
            readOnly.setReadOnly(true);
            onNewAlone(scene, "only on new");
            Optional<Order> byDial = readOnly.execute(status -> scene.orders().findById(1));
            assertThat(byDial).contains(new Order(1, "only on new"));
            Optional<Order> pinned =
                    scene.transaction().execute(status -> scene.orders().findById(1));
            assertThat(pinned)
                    .as("in a transaction that may write, reads go to the primary")
                    .contains(NEW);
            assertThatThrownBy(() -> readOnly.executeWithoutResult(
                            status -> scene.orders().save(PAID)))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("read-only")
                    .hasMessageContaining("Nothing of it was written");
            assertThat(scene.legacy().findById(1)).contains(NEW);
        });
    }

    private static void copy(Scene scene) {
        try {
            assertThat(scene.migration()
                            .copy(OrderRepository.class)
                            .complete(OrdersService.ALICE, Duration.ofSeconds(10)))
                    .isEmpty();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static void onNewAlone(Scene scene, String status) {
        JdbcClient.create(scene.context().getBean("newDataSource", HikariDataSource.class))
                .sql("UPDATE orders SET status = ?")
                .param(status)
                .update();
    }

    @Test
    void a_time_out_reaches_the_statements_of_the_repository() {
        inDualWrite(scene -> {
            TransactionTemplate hasty = scene.transaction();
            hasty.setTimeout(1);
            assertThatThrownBy(() -> hasty.executeWithoutResult(status -> {
                        scene.orders().save(NEW);
                        long giveUp = System.nanoTime() + Duration.ofSeconds(20).toNanos();
                        while (System.nanoTime() < giveUp) {
                            scene.orders().findById(1);
                        }
                    }))
                    .isInstanceOf(TransactionTimedOutException.class);
            assertThat(scene.legacy().findById(1)).isEmpty();
        });
    }

    @Test
    void an_annotated_method_takes_part_by_the_name_of_its_migration_without_any_other_manager() {
        inDualWrite(scene -> {
            scene.work().save(NEW);
            scene.awaitBoth(Optional.of(NEW));
            assertThatThrownBy(() -> scene.work().saveAndFail(PAID)).hasMessage("planned");
            assertThat(scene.legacy().findById(1)).contains(NEW);
        });
    }

    @Test
    void after_a_handover_the_next_transaction_opens_on_the_other_side_and_the_way_back_stays_warm() {
        at(
                scene -> {
                    scene.transaction().executeWithoutResult(status -> {
                        scene.orders().save(NEW);
                        assertThat(scene.next().findById(1)).contains(NEW);
                        assertThat(scene.legacy().findById(1)).isEmpty();
                    });
                    scene.awaitBoth(Optional.of(NEW));
                    OrdersService.move(scene.context(), Stage.LEGACY_PRIMARY);
                    scene.transaction().executeWithoutResult(status -> {
                        scene.orders().save(PAID);
                        assertThat(scene.next().findById(1)).contains(NEW);
                    });
                    scene.awaitBoth(Optional.of(PAID));
                },
                Stage.LEGACY_PRIMARY,
                Stage.NEW_PRIMARY);
    }

    @Test
    void callbacks_of_a_commit_come_when_it_is_done_and_may_read_and_write() {
        inDualWrite(scene -> {
            List<String> calls = new ArrayList<>();
            scene.transaction().executeWithoutResult(status -> {
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void beforeCommit(boolean readOnly) {
                        scene.orders().save(PAID);
                    }

                    @Override
                    public void afterCommit() {
                        calls.add("committed "
                                + scene.orders().findById(1).orElseThrow().status());
                        scene.orders().save(new Order(2, "audit"));
                    }

                    @Override
                    public void afterCompletion(int outcome) {
                        calls.add("outcome " + outcome);
                    }
                });
                scene.orders().save(NEW);
            });
            assertThat(calls)
                    .containsExactly("committed paid", "outcome " + TransactionSynchronization.STATUS_COMMITTED);
            scene.awaitBoth(Optional.of(PAID));
            assertThat(scene.legacy().findById(2)).isPresent();
            assertThat(scene.captured()).isEqualTo(2);
        });
    }

    @Test
    void a_transaction_of_the_library_runs_springs_callbacks_too_and_captures_what_they_write() {
        inDualWrite(scene -> {
            scene.migration().inTransaction(() -> {
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void beforeCommit(boolean readOnly) {
                        scene.orders().save(PAID);
                    }
                });
                scene.work().save(new Order(2, "joined"));
            });
            scene.awaitBoth(Optional.of(PAID));
            assertThat(scene.captured()).isEqualTo(2);
        });
    }

    @Test
    void what_callbacks_write_after_a_transaction_of_the_library_is_captured_by_itself() {
        inDualWrite(scene -> {
            scene.migration().inTransaction(() -> {
                afterwards(() -> scene.orders().save(PAID));
                scene.orders().save(new Order(2, "new"));
            });
            scene.awaitBoth(Optional.of(PAID));
            assertThat(scene.captured()).isEqualTo(2);
        });
    }

    @Test
    void what_callbacks_write_after_a_single_write_is_captured_by_itself() {
        inDualWrite(scene -> {
            ((JdbcOrders) scene.legacy())
                    .duringNextSave(() -> afterwards(() -> scene.orders().save(PAID)));
            scene.orders().save(new Order(2, "new"));
            scene.awaitBoth(Optional.of(PAID));
            assertThat(scene.captured()).isEqualTo(2);
        });
    }

    @Test
    void what_callbacks_write_after_a_rollback_of_the_library_is_captured() {
        inDualWrite(scene -> {
            assertThatThrownBy(() -> scene.migration().inTransaction(() -> {
                        afterwards(() -> scene.orders().save(PAID));
                        scene.orders().save(new Order(2, "lost"));
                        throw new IllegalArgumentException("planned");
                    }))
                    .hasMessage("planned");
            scene.awaitBoth(Optional.of(PAID));
            assertThat(scene.legacy().findById(2)).isEmpty();
            ((JdbcOrders) scene.legacy()).duringNextSave(() -> {
                afterwards(() -> scene.orders().save(NEW));
                throw new IllegalArgumentException("planned");
            });
            assertThatThrownBy(() -> scene.orders().save(new Order(2, "lost"))).hasMessage("planned");
            scene.awaitBoth(Optional.of(NEW));
            assertThat(scene.captured()).isEqualTo(1);
        });
    }

    @Test
    void committed_work_is_not_run_again_for_a_callback_that_asks_to_try_again() {
        inDualWrite(scene -> {
            AtomicInteger runs = new AtomicInteger();
            RetryableWriteException ofCallback = new RetryableWriteException("orders", "planned");
            assertThatThrownBy(() -> scene.migration().inTransaction(() -> {
                        runs.incrementAndGet();
                        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                            @Override
                            public void afterCommit() {
                                throw ofCallback;
                            }
                        });
                        scene.orders().save(NEW);
                    }))
                    .isSameAs(ofCallback);
            assertThat(runs).hasValue(1);
            scene.awaitBoth(Optional.of(NEW));
        });
    }

    /** After COMMIT of the transaction that this thread is in, or after its rollback. */
    private static void afterwards(Runnable action) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                action.run();
            }

            @Override
            public void afterCompletion(int outcome) {
                if (outcome == STATUS_ROLLED_BACK) {
                    action.run();
                }
            }
        });
    }

    @Test
    void a_write_in_a_transaction_of_another_manager_is_refused_on_either_side() {
        inDualWrite(scene -> {
            for (String pool : List.of("legacyDataSource", "newDataSource")) {
                TransactionTemplate foreign = new TransactionTemplate(
                        new JdbcTransactionManager(scene.context().getBean(pool, HikariDataSource.class)));
                foreign.executeWithoutResult(status -> {
                    assertThatThrownBy(() -> scene.orders().save(NEW))
                            .isInstanceOf(MigrationException.class)
                            .hasMessageContaining("that the migration did not open")
                            .hasMessageContaining("Nothing of it was written");
                    assertThatThrownBy(() -> scene.work().save(NEW))
                            .isInstanceOf(IllegalTransactionStateException.class)
                            .hasMessageContaining("@Transactional(\"orders\")")
                            .hasMessageContaining("Nothing was written");
                });
            }
            assertThat(scene.legacy().findById(1)).isEmpty();
        });
    }

    @Test
    void requires_new_goes_its_own_way_inside_a_transaction_of_another_manager() {
        inDualWrite(scene -> {
            HikariDataSource pool = scene.context().getBean("legacyDataSource", HikariDataSource.class);
            JdbcClient jdbc = JdbcClient.create(pool);
            jdbc.sql("CREATE TABLE audit (id INT)").update();
            TransactionTemplate foreign = new TransactionTemplate(new JdbcTransactionManager(pool));
            foreign.executeWithoutResult(status -> {
                jdbc.sql("INSERT INTO audit VALUES (1)").update();
                scene.transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW)
                        .executeWithoutResult(inner -> scene.orders().save(NEW));
                assertThat(jdbc.sql("SELECT COUNT(*) FROM audit")
                                .query(Integer.class)
                                .single())
                        .isEqualTo(1);
                status.setRollbackOnly();
            });
            scene.awaitBoth(Optional.of(NEW));
            assertThat(scene.rows("legacyDataSource", "SELECT COUNT(*) FROM audit"))
                    .isZero();
        });
    }

    @Test
    void a_repository_with_a_transaction_of_its_own_on_the_same_pool_takes_part() {
        inDualWrite(scene -> {
            TransactionTemplate own = new TransactionTemplate(
                    new JdbcTransactionManager(scene.context().getBean("legacyDataSource", HikariDataSource.class)));
            assertThatThrownBy(() -> scene.transaction().executeWithoutResult(status -> {
                        own.executeWithoutResult(inner -> scene.legacy().save(NEW));
                        throw new IllegalArgumentException("planned");
                    }))
                    .hasMessage("planned");
            assertThat(scene.legacy().findById(1)).isEmpty();
            assertThatThrownBy(() -> scene.transaction()
                            .executeWithoutResult(
                                    status -> own.executeWithoutResult(TransactionStatus::setRollbackOnly)))
                    .isInstanceOf(UnexpectedRollbackException.class);
        });
    }

    @Test
    void a_primary_that_has_moved_rolls_back_and_is_tried_again_by_who_asks_for_it() {
        inDualWrite(scene -> {
            Work work = scene.work();
            work.beforeCommitOnce(() -> takePrimacyAway(scene));
            assertThatThrownBy(() -> work.save(NEW))
                    .isInstanceOf(PhaseMovedException.class)
                    .isInstanceOf(RetryableWriteException.class);
            assertThat(scene.legacy().findById(1)).isEmpty();
            work.beforeCommitOnce(() -> takePrimacyAway(scene));
            work.saveRepeatedly(PAID);
            assertThat(work.attempts()).isEqualTo(3);
            scene.awaitBoth(Optional.of(PAID));
        });
    }

    /** As two moves do, there and back, that this instance has not heard of. */
    private static void takePrimacyAway(Scene scene) {
        for (String pool : List.of("newDataSource", "legacyDataSource")) {
            JdbcTemplate otherInstance =
                    new JdbcTemplate(new DelegatingDataSource(scene.context().getBean(pool, HikariDataSource.class)));
            otherInstance.update("UPDATE crossfade_fence SET epoch = epoch + 2");
        }
    }

    @Test
    void a_commit_whose_answer_is_lost_is_reported_as_unknown_and_the_stores_converge() {
        inDualWrite(scene -> {
            List<Integer> outcomes = new ArrayList<>();
            assertThatThrownBy(() -> scene.transaction().executeWithoutResult(status -> {
                        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                            @Override
                            public void afterCompletion(int outcome) {
                                outcomes.add(outcome);
                            }
                        });
                        scene.orders().save(NEW);
                        scene.loseNextAnswerToCommit();
                    }))
                    .isInstanceOf(TransactionSystemException.class)
                    .hasCauseInstanceOf(CommitOutcomeUnknownException.class);
            assertThat(outcomes).containsExactly(TransactionSynchronization.STATUS_UNKNOWN);
            scene.awaitBoth(Optional.of(NEW));
            assertThatThrownBy(() -> scene.migration().inTransaction(() -> {
                        scene.orders().save(PAID);
                        scene.loseNextAnswerToCommit();
                    }))
                    .isInstanceOf(CommitOutcomeUnknownException.class)
                    .hasMessageContaining("Migration 'orders'");
            scene.awaitBoth(Optional.of(PAID));
        });
    }

    @Test
    void a_transaction_of_a_test_is_rolled_back_when_the_test_ends() {
        inDualWrite(scene -> {
            TransactionStatus ofTest = scene.manager().getTransaction(new DefaultTransactionDefinition());
            scene.work().save(NEW);
            assertThat(scene.orders().findById(1)).contains(NEW);
            scene.manager().rollback(ofTest);
            assertThat(scene.orders().findById(1)).isEmpty();
        });
    }

    @Test
    void a_repository_that_works_past_the_transaction_is_found_out_by_its_first_write() {
        inDualWrite(scene -> {
            TransactionTemplate transaction = scene.transaction();
            assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                        ((JdbcOrders) scene.legacy()).workPastSpring();
                        scene.orders().save(NEW);
                    }))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("ran no statement in the transaction on legacy");
        });
    }

    @Test
    void the_services_own_manager_stays_the_one_that_is_meant_where_none_is_named() {
        OrdersService.context()
                .withPropertyValues(databases())
                .withUserConfiguration(OtherManager.class)
                .run(started -> {
                    assertThat(started).hasNotFailed();
                    started.getBean(OtherManager.Unqualified.class).read();
                    assertThat(started.getBean(PlatformTransactionManager.class))
                            .isSameAs(started.getBean("transactionManager"));
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class OtherManager {
        @Bean
        PlatformTransactionManager transactionManager(@Qualifier("legacyDataSource") DataSource pool) {
            return new JdbcTransactionManager(pool);
        }

        @Bean
        Unqualified unqualified() {
            return new Unqualified();
        }

        /** A service of its own. */
        static class Unqualified {
            @Transactional
            public void read() {
                assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                        .isTrue();
            }
        }
    }

    /** Business as usual. */
    @Configuration(proxyBeanMethods = false)
    @EnableResilientMethods
    static class Work {
        private final OrderRepository orders;
        private Runnable beforeCommitOnce = () -> {};
        private int attempts;

        Work(OrderRepository orders) {
            this.orders = orders;
        }

        // Methods, because only they pass the proxy.
        void beforeCommitOnce(Runnable action) {
            beforeCommitOnce = action;
        }

        int attempts() {
            return attempts;
        }

        @Transactional("orders")
        public void save(Order order) {
            attempts++;
            orders.save(order);
            Runnable action = beforeCommitOnce;
            beforeCommitOnce = () -> {};
            action.run();
        }

        @Retryable(includes = RetryableWriteException.class, delay = 1)
        @Transactional("ordersTransactionManager")
        public void saveRepeatedly(Order order) {
            save(order);
        }

        @Transactional("orders")
        public void saveAndFail(Order order) {
            orders.save(order);
            throw new IllegalStateException("planned");
        }
    }
}
