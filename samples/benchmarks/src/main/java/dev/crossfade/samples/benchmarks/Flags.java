package dev.crossfade.samples.benchmarks;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.Value;
import dev.openfeature.sdk.providers.memory.Flag;
import dev.openfeature.sdk.providers.memory.InMemoryProvider;
import java.util.Map;

/** The flags of all contestants, in OpenFeature's own provider in memory. */
final class Flags {
    static final String READ_NEW_PERCENT = "orders.read-new-percent";
    static final String CHECKS_NEW = "orders.checks-new";

    private Flags() {}

    static Client client() {
        Flag<?> percent = Flag.<Integer>builder()
                .variant("half", 50)
                .defaultVariant("half")
                .build();
        Flag<?> checks =
                Flag.<Boolean>builder().variant("on", true).defaultVariant("on").build();
        Flag<?> migration = Flag.<Object>builder()
                .variant("nobody", dial(0))
                .variant("half", dial(50))
                .defaultVariant("nobody")
                .contextEvaluator((flag, context) -> {
                    Value region = context.getValue("region");
                    return region != null && "eu".equals(region.asString())
                            ? flag.getVariants().get("half")
                            : flag.getVariants().get("nobody");
                })
                .build();
        OpenFeatureAPI api = OpenFeatureAPI.getInstance();
        api.setProviderAndWait(
                "benchmarks",
                new InMemoryProvider(
                        Map.of(READ_NEW_PERCENT, percent, CHECKS_NEW, checks, "crossfade.orders", migration)));
        return api.getClient("benchmarks");
    }

    private static Value dial(int percent) {
        return Value.objectToValue(Map.of("readNewPercent", percent));
    }
}
