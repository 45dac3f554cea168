package dev.crossfade.spring;

import java.util.Locale;
import java.util.regex.Pattern;

/** The names of the beans of a migration. */
record MigrationBeans(String prefix) {
    private static final Pattern SEPARATED = Pattern.compile("[._-]+(.?)");

    /** Of migration {@code order-service} they begin with {@code orderService}. */
    static MigrationBeans of(String migration) {
        return new MigrationBeans(
                SEPARATED.matcher(migration).replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT)));
    }

    String migration() {
        return prefix + "Migration";
    }

    String legacyStore() {
        return prefix + "LegacyStore";
    }

    String newStore() {
        return prefix + "NewStore";
    }

    String coordination() {
        return prefix + "Coordination";
    }

    String withoutMigration() {
        return prefix + "WithoutMigration";
    }

    String transactionManager() {
        return prefix + "TransactionManager";
    }
}
