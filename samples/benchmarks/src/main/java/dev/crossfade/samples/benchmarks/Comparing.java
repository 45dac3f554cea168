package dev.crossfade.samples.benchmarks;

import dev.crossfade.compare.Comparison;
import dev.crossfade.compare.ComparisonEngine;
import dev.crossfade.compare.ComparisonRules;
import java.util.concurrent.TimeUnit;
import org.apache.commons.lang3.builder.DiffBuilder;
import org.apache.commons.lang3.builder.DiffResult;
import org.apache.commons.lang3.builder.EqualsBuilder;
import org.apache.commons.lang3.builder.ReflectionDiffBuilder;
import org.apache.commons.lang3.builder.ToStringStyle;
import org.javers.core.Javers;
import org.javers.core.JaversBuilder;
import org.javers.core.diff.Diff;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Two rows of twenty fields compared: all equal, or three of them different. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Comparing {
    private final Order legacy = Order.numbered(1);
    private final ComparisonEngine engine =
            ComparisonEngine.of(ComparisonRules.builder().build());
    private final Javers javers = JaversBuilder.javers().build();
    private final ObjectMapper mapper = JsonMapper.builder().build();

    /** How many fields differ. */
    @Param({"0", "3"})
    public int differences;

    private Order next = Order.numbered(1);

    @Setup
    public void differ() {
        next = differences == 0 ? Order.numbered(1) : Order.numbered(1).withThreeDifferences();
    }

    /** Tells that they differ, not where. */
    @Benchmark
    public boolean equals() {
        return legacy.equals(next);
    }

    @Benchmark
    public Comparison crossfadeComparison() {
        return engine.compare(legacy, next);
    }

    /** Written out field by field; tells that they differ, not where. */
    @Benchmark
    public boolean commonsEqualsBuilder() {
        return new EqualsBuilder()
                .append(legacy.number(), next.number())
                .append(legacy.customer(), next.customer())
                .append(legacy.email(), next.email())
                .append(legacy.name(), next.name())
                .append(legacy.phone(), next.phone())
                .append(legacy.status(), next.status())
                .append(legacy.subtotal(), next.subtotal())
                .append(legacy.tax(), next.tax())
                .append(legacy.shipping(), next.shipping())
                .append(legacy.discount(), next.discount())
                .append(legacy.total(), next.total())
                .append(legacy.currency(), next.currency())
                .append(legacy.paymentMethod(), next.paymentMethod())
                .append(legacy.paid(), next.paid())
                .append(legacy.items(), next.items())
                .append(legacy.version(), next.version())
                .append(legacy.deliveryOn(), next.deliveryOn())
                .append(legacy.createdAt(), next.createdAt())
                .append(legacy.changedAt(), next.changedAt())
                .append(legacy.note(), next.note())
                .isEquals();
    }

    /** Written out field by field; tells where they differ. */
    @Benchmark
    public DiffResult<Order> commonsDiffBuilder() {
        return diffBuilder()
                .append("number", legacy.number(), next.number())
                .append("customer", legacy.customer(), next.customer())
                .append("email", legacy.email(), next.email())
                .append("name", legacy.name(), next.name())
                .append("phone", legacy.phone(), next.phone())
                .append("status", legacy.status(), next.status())
                .append("subtotal", legacy.subtotal(), next.subtotal())
                .append("tax", legacy.tax(), next.tax())
                .append("shipping", legacy.shipping(), next.shipping())
                .append("discount", legacy.discount(), next.discount())
                .append("total", legacy.total(), next.total())
                .append("currency", legacy.currency(), next.currency())
                .append("paymentMethod", legacy.paymentMethod(), next.paymentMethod())
                .append("paid", legacy.paid(), next.paid())
                .append("items", legacy.items(), next.items())
                .append("version", legacy.version(), next.version())
                .append("deliveryOn", legacy.deliveryOn(), next.deliveryOn())
                .append("createdAt", legacy.createdAt(), next.createdAt())
                .append("changedAt", legacy.changedAt(), next.changedAt())
                .append("note", legacy.note(), next.note())
                .build();
    }

    @Benchmark
    public DiffResult<Order> commonsReflectionDiff() {
        return ReflectionDiffBuilder.<Order>builder()
                .setDiffBuilder(diffBuilder())
                .build()
                .build();
    }

    private DiffBuilder<Order> diffBuilder() {
        return DiffBuilder.<Order>builder()
                .setLeft(legacy)
                .setRight(next)
                .setStyle(ToStringStyle.DEFAULT_STYLE)
                .build();
    }

    @Benchmark
    public Diff javers() {
        return javers.compare(legacy, next);
    }

    /** Both rows made into trees, as they would be to compare them as JSON. */
    @Benchmark
    public boolean jacksonTrees() {
        JsonNode tree = mapper.valueToTree(legacy);
        return tree.equals(mapper.valueToTree(next));
    }
}
