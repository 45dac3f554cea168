package dev.crossfade.samples.benchmarks.backfill;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.repository.support.ResourcelessJobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.database.JdbcBatchItemWriter;
import org.springframework.batch.infrastructure.item.database.JdbcPagingItemReader;
import org.springframework.batch.infrastructure.item.database.Order;
import org.springframework.batch.infrastructure.item.database.builder.JdbcBatchItemWriterBuilder;
import org.springframework.batch.infrastructure.item.database.builder.JdbcPagingItemReaderBuilder;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** A step of Spring Batch that reads pages by key and writes batches that leave alone what is there. */
final class WithSpringBatch {
    private static final int CHUNK = 1_000;

    private WithSpringBatch() {}

    static void copy(Stores stores) throws Exception {
        try (HikariDataSource legacy = stores.legacy();
                HikariDataSource next =
                        stores.next(stores.toMariaDb() ? "?useBulkStmts=true" : "?reWriteBatchedInserts=true")) {
            ResourcelessJobRepository repository = new ResourcelessJobRepository();
            Step step = new StepBuilder("copy", repository)
                    .<@Nullable Object[], @Nullable Object[]>chunk(CHUNK)
                    .transactionManager(new JdbcTransactionManager(next))
                    .reader(reader(legacy))
                    .writer(writer(next, stores.toMariaDb()))
                    .build();
            Job job = new JobBuilder("backfill", repository).start(step).build();
            JobParameters none = new JobParameters();
            JobExecution execution = repository.createJobExecution(
                    repository.createJobInstance("backfill", none), none, new ExecutionContext());
            job.execute(execution);
            if (!ExitStatus.COMPLETED.equals(execution.getExitStatus())) {
                throw new IllegalStateException("Spring Batch ended with " + execution.getExitStatus());
            }
        }
    }

    private static JdbcPagingItemReader<@Nullable Object[]> reader(HikariDataSource legacy) throws Exception {
        JdbcPagingItemReader<@Nullable Object[]> reader = new JdbcPagingItemReaderBuilder<@Nullable Object[]>()
                .name("parcels")
                .dataSource(legacy)
                .selectClause("SELECT " + String.join(", ", Stores.COLUMNS))
                .fromClause("FROM parcel")
                .sortKeys(Map.of("id", Order.ASCENDING))
                .pageSize(CHUNK)
                .fetchSize(CHUNK)
                .rowMapper((row, number) -> values(row))
                .build();
        reader.afterPropertiesSet();
        return reader;
    }

    private static @Nullable Object[] values(ResultSet row) throws SQLException {
        @Nullable Object[] values = new Object[Stores.COLUMNS.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.getObject(i + 1);
        }
        return values;
    }

    private static JdbcBatchItemWriter<@Nullable Object[]> writer(HikariDataSource next, boolean toMariaDb) {
        String columns = String.join(", ", Stores.COLUMNS);
        String places = String.join(", ", Collections.nCopies(Stores.COLUMNS.size(), "?"));
        JdbcBatchItemWriter<@Nullable Object[]> writer = new JdbcBatchItemWriterBuilder<@Nullable Object[]>()
                .dataSource(next)
                .sql(
                        toMariaDb
                                ? "INSERT IGNORE INTO parcel (" + columns + ") VALUES (" + places + ")"
                                : "INSERT INTO parcel (" + columns + ") VALUES (" + places
                                        + ") ON CONFLICT (id) DO NOTHING")
                .itemPreparedStatementSetter((values, insert) -> {
                    for (int i = 0; i < values.length; i++) {
                        insert.setObject(i + 1, values[i]);
                    }
                })
                .assertUpdates(false)
                .build();
        writer.afterPropertiesSet();
        return writer;
    }
}
