package dev.crossfade.jdbc.internal.ids;

import dev.crossfade.MigrationException;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.spi.Coordination.Entity;
import dev.crossfade.spi.FailureSummary;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that one row has one key in the ledger: text keys of columns that take several spellings for one need a normal
 * form.
 */
public final class TextKeys {
    private static final Logger log = LoggerFactory.getLogger("dev.crossfade");

    private final String migration;
    private final List<Entity> entities;
    private final List<TextKey> declared;

    public TextKeys(String migration, List<Entity> entities, List<TextKey> declared) {
        this.migration = migration;
        this.entities = entities;
        this.declared = declared;
    }

    /**
     * Looks into both catalogs; a database that does not answer is left to {@link #objections}.
     *
     * @throws MigrationException if a normal form is missing, or it cannot be told whether one is needed
     */
    public void check(Site legacy, Site next) {
        Found found = look(legacy, next);
        found.unanswered().forEach(what -> log.warn("{} - {}; it is asked before the stage changes", migration, what));
        if (!found.mistakes().isEmpty()) {
            throw new MigrationException(migration, String.join("; ", found.mistakes()) + ". Nothing was started.");
        }
    }

    /** What speaks against writing both databases: one of them may have been silent at the start, or was changed. */
    public List<String> objections(Site legacy, Site next) {
        Found found = look(legacy, next);
        return Stream.concat(found.mistakes().stream(), found.unanswered().stream())
                .toList();
    }

    private record Found(List<String> mistakes, List<String> unanswered) {}

    private Found look(Site legacy, Site next) {
        Found found = new Found(new ArrayList<>(), new ArrayList<>());
        for (TextKey key : declared) {
            if (entities.stream().noneMatch(entity -> entity.name().equals(key.entity()))) {
                found.mistakes().add("textKeys(..) names " + key.entity() + ", which is no entity of the migration");
            }
        }
        for (Entity entity : entities) {
            List<TextKey> keys = declared.stream()
                    .filter(key -> key.entity().equals(entity.name()))
                    .toList();
            if (entity.takesTextKeys() && keys.isEmpty()) {
                found.mistakes()
                        .add(entity.name() + " has text in its keys, and a column may take several spellings for one; "
                                + "name the columns in JdbcCoordination's textKeys(..)");
            }
            for (TextKey key : keys) {
                look(entity, key.legacy(), legacy, found);
                look(entity, key.next(), next, found);
            }
        }
        return found;
    }

    private static void look(Entity entity, IdColumn column, Site site, Found found) {
        try {
            site.own((connection, tables) -> TextCatalog.of(connection).against(connection, column))
                    .filter(why -> why.equals(TextCatalog.MISSING) || !entity.normalisesKeys())
                    .ifPresent(why -> found.mistakes()
                            .add(
                                    why.equals(TextCatalog.MISSING)
                                            ? column + " of " + entity.name() + " is not in " + site.name()
                                                    + "; mend textKeys(..)"
                                            : column + " of " + site.name()
                                                    + " takes several spellings of a key for one ("
                                                    + why
                                                    + "), and the ledger would not; declare normaliseKeys(..) of "
                                                    + entity.name()
                                                    + ", or change the column"));
        } catch (SQLException failure) {
            found.unanswered()
                    .add("whether " + column + " of " + site.name() + " tells spellings apart could not be checked ("
                            + FailureSummary.of(failure) + ")");
        }
    }
}
