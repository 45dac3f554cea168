package dev.crossfade.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.jdbc.JdbcCoordination;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PropertiesTest {
    @Test
    void defaults_are_those_of_the_library() {
        assertThat(CrossfadeProperties.OfMigration.DEFAULT_TABLE_PREFIX)
                .isEqualTo(JdbcCoordination.DEFAULT_TABLE_PREFIX);
    }

    @Test
    void editors_know_them() throws IOException {
        try (InputStream metadata =
                CrossfadeProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            assertThat(new String(Objects.requireNonNull(metadata).readAllBytes(), StandardCharsets.UTF_8))
                    .contains("crossfade.enabled", "crossfade.migrations");
        }
    }
}
