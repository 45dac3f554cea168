package dev.crossfade.samples.quickstart.service;

import java.nio.file.Path;
import java.util.List;

/**
 * What an instance is told when it starts.
 *
 * @param name      unique among the instances that ever ran, a start after a kill included
 * @param part      which part of the orders its callers write, 0 to {@code parts} - 1
 * @param parts     how many instances share the orders
 * @param run       how often this part was started before
 * @param orders    how many old orders there are
 * @param legacyUrl of the legacy database
 * @param newUrl    of the new database
 * @param flags     the file with the flags
 * @param journals  the folder where every instance keeps its journal
 */
public record ServiceSettings(
        String name,
        int part,
        int parts,
        int run,
        int orders,
        String legacyUrl,
        String newUrl,
        Path flags,
        Path journals) {

    /** As arguments of a process. */
    List<String> arguments() {
        return List.of(
                name,
                Integer.toString(part),
                Integer.toString(parts),
                Integer.toString(run),
                Integer.toString(orders),
                legacyUrl,
                newUrl,
                flags.toString(),
                journals.toString());
    }

    static ServiceSettings of(String[] arguments) {
        return new ServiceSettings(
                arguments[0],
                Integer.parseInt(arguments[1]),
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]),
                Integer.parseInt(arguments[4]),
                arguments[5],
                arguments[6],
                Path.of(arguments[7]),
                Path.of(arguments[8]));
    }

    /** The same instance, started once more. */
    public ServiceSettings again() {
        return new ServiceSettings(name, part, parts, run + 1, orders, legacyUrl, newUrl, flags, journals);
    }

    /** Where this run of the instance keeps its journal. */
    public Path journal() {
        return journalOf(run);
    }

    Path journalOf(int earlierRun) {
        return journals.resolve(name + "-" + earlierRun + ".journal");
    }
}
