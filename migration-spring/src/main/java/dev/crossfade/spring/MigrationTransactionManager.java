package dev.crossfade.spring;

import dev.crossfade.CommitOutcomeUnknownException;
import dev.crossfade.Migration;
import dev.crossfade.Side;
import dev.crossfade.Store;
import dev.crossfade.jdbc.Database;
import dev.crossfade.jdbc.JdbcCoordination;
import dev.crossfade.jdbc.TransactionSettings;
import dev.crossfade.spi.ManagedTransactions;
import dev.crossfade.spi.ManagedTransactions.Managed;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.DefaultTransactionStatus;

/**
 * Transactions of a migration: each opens on the database that is primary when it begins, keeps its side and stage to the end, and
 * puts the touched keys into the ledger right before COMMIT. One that is read-only refuses writes, and its reads go by the dial.
 *
 * <p>Where the primary has moved, commit throws the {@link dev.crossfade.PhaseMovedException}, and the transaction was rolled back;
 * nothing is tried again here.
 */
final class MigrationTransactionManager extends AbstractPlatformTransactionManager implements BeanFactoryAware {
    private final String name;
    private final SideTransactions legacy;
    private final SideTransactions next;
    private @Nullable BeanFactory beans;

    MigrationTransactionManager(String migration, DataSource legacy, DataSource next) {
        this.name = migration;
        this.legacy = new SideTransactions("legacy", legacy, this);
        this.next = new SideTransactions("new", next, this);
        setNestedTransactionAllowed(true);
    }

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        this.beans = beanFactory;
    }

    Database legacyStore() {
        return legacy.database();
    }

    Database newStore() {
        return next.database();
    }

    /** Fence and ledger in the two databases. */
    JdbcCoordination coordination(String tablePrefix) {
        return JdbcCoordination.between(legacyStore(), newStore()).tablePrefix(tablePrefix);
    }

    private List<SideTransactions> sides() {
        return List.of(legacy, next);
    }

    /** Looked up late: the migration is built on the databases of this manager. */
    private ManagedTransactions units() {
        if (beans == null) {
            throw new IllegalStateException("made outside of a bean factory");
        }
        return beans.getBean(MigrationBeans.of(name).migration(), Migration.class)
                .managedTransactions();
    }

    @Override
    protected Object doGetTransaction() {
        BoundTransaction bound = legacy.bound();
        // Asked here: when the transaction begins, Spring has forgotten already that there was another one.
        List<SideTransactions> foreign = sides().stream()
                .filter(SideTransactions::isInForeignTransaction)
                .toList();
        return new MigrationTransaction(bound == null ? next.bound() : bound, foreign);
    }

    @Override
    protected boolean isExistingTransaction(Object transaction) {
        return ((MigrationTransaction) transaction).isOpen();
    }

    @Override
    protected void doBegin(Object transaction, TransactionDefinition definition) {
        MigrationTransaction begun = (MigrationTransaction) transaction;
        if (definition instanceof OfLibrary unit) {
            begun.begun(begin(unit.side, unit.settings, unit), units().ofLibrary(), unit.beforeCommit);
            return;
        }
        if (definition.getPropagationBehavior() != TransactionDefinition.PROPAGATION_REQUIRES_NEW) {
            requireNone(begun.foreign());
        }
        begun.hideForeign();
        try {
            beginOnPrimary(begun, definition);
        } catch (RuntimeException | Error failure) {
            begun.cleanUp();
            throw failure;
        }
    }

    private void requireNone(List<SideTransactions> foreign) {
        if (!foreign.isEmpty()) {
            throw new IllegalTransactionStateException(
                    "Migration '" + name + "': this thread is in a transaction on the "
                            + foreign.get(0).database().name()
                            + " store that another transaction manager has opened, and it could "
                            + "not be held to the primary. Nothing was written. Open it with @Transactional(\"" + name
                            + "\") instead, or open this one with REQUIRES_NEW.");
        }
    }

    private void beginOnPrimary(MigrationTransaction begun, TransactionDefinition definition) {
        Managed unit = units().begin(definition.isReadOnly());
        try {
            SideTransactions side = unit.side() == Side.LEGACY ? legacy : next;
            begun.begun(begin(side, settings(definition), definition), unit, () -> {
                unit.beforeCommit();
                return null;
            });
        } catch (RuntimeException | Error failure) {
            unit.rolledBack();
            throw failure;
        }
    }

    private BoundTransaction begin(
            SideTransactions side, TransactionSettings settings, TransactionDefinition definition) {
        BoundTransaction open;
        try {
            open = side.begin(settings);
        } catch (SQLException failure) {
            throw new CannotCreateTransactionException(
                    "Migration '" + name + "': no transaction could be opened on the "
                            + side.database().name() + " store. Nothing was written.",
                    failure);
        }
        int seconds = determineTimeout(definition);
        if (seconds != TransactionDefinition.TIMEOUT_DEFAULT) {
            open.holder().setTimeoutInSeconds(seconds);
        }
        return open;
    }

    private static TransactionSettings settings(TransactionDefinition definition) {
        int isolation = definition.getIsolationLevel();
        return new TransactionSettings(
                isolation == TransactionDefinition.ISOLATION_DEFAULT ? Connection.TRANSACTION_NONE : isolation,
                null,
                definition.isReadOnly());
    }

    @Override
    protected Object doSuspend(Object transaction) {
        SideTransactions.Displaced displaced =
                ((MigrationTransaction) transaction).open().side().displace();
        Runnable unit = units().suspend();
        return (Runnable) () -> {
            displaced.takeBack();
            unit.run();
        };
    }

    @Override
    protected void doResume(@Nullable Object transaction, Object suspended) {
        ((Runnable) suspended).run();
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
        MigrationTransaction ending = (MigrationTransaction) status.getTransaction();
        Managed unit = ending.unit();
        try {
            ending.runLast();
            ending.open().open().beforeCommit();
            ending.open().commit();
        } catch (CommitOutcomeUnknownException unknown) {
            ending.open().rollBack();
            if (unit != null) {
                unit.outcomeUnknown();
            }
            throw new TransactionSystemException(
                    "Migration '" + name + "': it is not known whether the transaction was " + "committed", unknown);
        } catch (Throwable failure) {
            rollBack(ending);
            throw afterRollback(failure);
        }
        if (unit != null) {
            unit.committed();
        }
    }

    /** As Spring's own managers report what a commit met. */
    private RuntimeException afterRollback(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException unchecked) {
            return unchecked;
        }
        DataAccessException translated = failure instanceof SQLException sql
                ? new SQLExceptionSubclassTranslator().translate("COMMIT", null, sql)
                : null;
        return translated != null
                ? translated
                : new UnexpectedRollbackException(
                        "Migration '" + name + "': the transaction could not be committed and was rolled back",
                        failure);
    }

    /** Also called where a commit has failed and all is done already. */
    @Override
    protected void doRollback(DefaultTransactionStatus status) {
        MigrationTransaction ending = (MigrationTransaction) status.getTransaction();
        if (ending.isOpen()) {
            rollBack(ending);
        }
    }

    private static void rollBack(MigrationTransaction ending) {
        ending.open().rollBack();
        Managed unit = ending.unit();
        if (unit != null) {
            unit.rolledBack();
        }
    }

    @Override
    protected void doSetRollbackOnly(DefaultTransactionStatus status) {
        ((MigrationTransaction) status.getTransaction()).open().holder().setRollbackOnly();
    }

    @Override
    protected void doCleanupAfterCompletion(Object transaction) {
        ((MigrationTransaction) transaction).cleanUp();
    }

    /** Runs a unit of work that the library has begun, with all that Spring does around a transaction. */
    <T> @Nullable T run(
            SideTransactions side, TransactionSettings settings, Store.Work<T> work, Store.Work<?> beforeCommit)
            throws Throwable {
        TransactionStatus status = getTransaction(new OfLibrary(side, settings, beforeCommit));
        T done;
        try {
            done = work.run();
        } catch (Throwable failure) {
            rollback(status);
            throw failure;
        }
        try {
            commit(status);
        } catch (TransactionException failure) {
            throw failure.getCause() instanceof CommitOutcomeUnknownException unknown ? unknown : failure;
        }
        return done;
    }

    /** The library has chosen the side, and its unit of work knows what to do before COMMIT. */
    private static final class OfLibrary extends DefaultTransactionDefinition {
        private final transient SideTransactions side;
        private final transient TransactionSettings settings;
        private final transient Store.Work<?> beforeCommit;

        OfLibrary(SideTransactions side, TransactionSettings settings, Store.Work<?> beforeCommit) {
            super(PROPAGATION_REQUIRES_NEW);
            this.side = side;
            this.settings = settings;
            this.beforeCommit = beforeCommit;
        }
    }
}
