package dev.crossfade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.control.Stage;
import dev.crossfade.testing.Rig;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fence and ledger in memory know of no failover. */
class RecoveryTest {
    private static final Rig RIG = Rig.built(b -> {});

    static Stream<ThrowingCallable> operations() {
        Recovery recovery = RIG.migration.recovery();
        return Stream.of(
                () -> recovery.accept(Side.NEW, Rig.ALICE),
                () -> recovery.raiseGeneration(Rig.ALICE),
                () -> recovery.forcePrimary(Side.NEW, Rig.ALICE.approvingPointOfNoReturn()),
                () -> recovery.aheadKeys(1),
                () -> recovery.keepPrimary(List.of(), Rig.ALICE),
                () -> recovery.keepSecondary(List.of(), Rig.ALICE));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void an_in_memory_coordination_says_what_to_do_instead(ThrowingCallable operation) {
        assertThatThrownBy(operation)
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("Nothing was changed")
                .hasMessageContaining("startingAt");
        assertThat(RIG.migration.audit(10)).isEmpty();
        assertThat(RIG.migration.status().stage()).isEqualTo(Stage.LEGACY_ONLY);
    }
}
