package dev.crossfade.samples.quickstart.traffic;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import java.io.IOException;
import java.time.Instant;

/** Instants as {@code toString} writes them. */
final class InstantFromText extends StdDeserializer<Instant> {
    private static final long serialVersionUID = 1;

    InstantFromText() {
        super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser json, DeserializationContext context) throws IOException {
        return Instant.parse(json.getText());
    }
}
