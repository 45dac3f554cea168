package dev.crossfade.jdbc.internal.ids;

import dev.crossfade.MigrationException;
import dev.crossfade.jdbc.internal.site.Site;
import dev.crossfade.spi.Coordination.Entity;
import dev.crossfade.spi.FailureSummary;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
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
     * Looks into both catalogs; a database that does not answer is left out.
     *
     * @throws MigrationException if a normal form is missing, or it cannot be told whether one is needed
     */
    public void check(Site legacy, Site next) {
        List<String> mistakes = new ArrayList<>();
        for (TextKey key : declared) {
            if (entities.stream().noneMatch(entity -> entity.name().equals(key.entity()))) {
                mistakes.add("textKeys(..) names " + key.entity() + ", which is no entity of the migration");
            }
        }
        for (Entity entity : entities) {
            List<TextKey> keys = declared.stream()
                    .filter(key -> key.entity().equals(entity.name()))
                    .toList();
            if (entity.takesTextKeys() && keys.isEmpty()) {
                mistakes.add(entity.name() + " has text in its keys, and a column may take several spellings for one; "
                        + "name the columns in JdbcCoordination's textKeys(..)");
            }
            for (TextKey key : keys) {
                check(entity, key.legacy(), legacy, mistakes);
                check(entity, key.next(), next, mistakes);
            }
        }
        if (!mistakes.isEmpty()) {
            throw new MigrationException(migration, String.join("; ", mistakes) + ". Nothing was started.");
        }
    }

    private void check(Entity entity, IdColumn column, Site site, List<String> mistakes) {
        try {
            site.own((connection, tables) -> TextCatalog.of(connection).against(connection, column))
                    .filter(why -> why.equals(TextCatalog.MISSING) || !entity.normalisesKeys())
                    .ifPresent(why -> mistakes.add(
                            why.equals(TextCatalog.MISSING)
                                    ? column + " of " + entity.name() + " is not in " + site.name()
                                            + "; mend textKeys(..)"
                                    : column + " of " + site.name() + " takes several spellings of a key for one ("
                                            + why
                                            + "), and the ledger would not; declare normaliseKeys(..) of "
                                            + entity.name()
                                            + ", or change the column"));
        } catch (SQLException failure) {
            log.warn(
                    "{} - whether {} of {} tells spellings apart could not be checked ({})",
                    migration,
                    column,
                    site.name(),
                    FailureSummary.of(failure));
        }
    }
}
