package dev.crossfade.samples.quickstart.next;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.crossfade.samples.quickstart.domain.Address;

/** An address as a JSON snapshot. Strict: a snapshot with unknown fields is refused rather than read in part. */
final class AddressJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private AddressJson() {}

    static String write(Address address) {
        try {
            return MAPPER.writeValueAsString(address);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An address cannot be written as JSON", e);
        }
    }

    static Address read(String json) {
        try {
            return MAPPER.readValue(json, Address.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An address snapshot in the new database is damaged", e);
        }
    }
}
