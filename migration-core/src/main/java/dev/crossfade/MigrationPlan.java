package dev.crossfade;

import java.util.List;

/**
 * What a migration will do with each method, for people: {@link #toString()} is a table.
 *
 * @param migration    the migration's name
 * @param repositories one part per repository
 */
public record MigrationPlan(String migration, List<RepositoryPlan> repositories) {

    public MigrationPlan {
        repositories = List.copyOf(repositories);
    }

    /**
     * What is done with one repository.
     *
     * @param repository      the interface's simple name
     * @param entity          the entity's name in the ledger
     * @param stateOperations how state is moved, such as {@code find: declared}
     * @param methods         one line per method, sorted by signature
     */
    public record RepositoryPlan(
            String repository, String entity, List<String> stateOperations, List<MethodLine> methods) {}

    /**
     * What is done with one method.
     *
     * @param signature name and parameter types
     * @param kind      {@code READ}, {@code WRITE}, {@code PRIMARY_ONLY} or {@code DEFAULT}
     * @param why       the rule that decided it
     * @param keys      where the keys come from; empty if there are none
     * @param routing   what keeps the read to one side; empty for other methods
     */
    public record MethodLine(String signature, String kind, String why, String keys, String routing) {}

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Migration '" + migration + "'");
        for (RepositoryPlan repository : repositories) {
            text.append("\n  ")
                    .append(repository.repository())
                    .append(" (entity ")
                    .append(repository.entity())
                    .append("; ")
                    .append(String.join(", ", repository.stateOperations()))
                    .append(')');
            for (MethodLine method : repository.methods()) {
                text.append("\n    %-12s %s  [%s]".formatted(method.kind(), method.signature(), method.why()));
                if (!method.keys().isEmpty()) {
                    text.append("  keys: ").append(method.keys());
                }
                if (!method.routing().isEmpty()) {
                    text.append("  routed by: ").append(method.routing());
                }
            }
        }
        return text.toString();
    }
}
