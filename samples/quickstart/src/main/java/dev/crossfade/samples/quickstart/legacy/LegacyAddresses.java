package dev.crossfade.samples.quickstart.legacy;

import dev.crossfade.samples.quickstart.domain.Address;
import org.jdbi.v3.core.Handle;

/**
 * The address book of the monolith, as orders need it.
 *
 * <p>Its rows are never updated, so any row of the same user with the same content will do; the oldest is taken. Two
 * writers that miss at the same time leave two equal rows, which harms nobody.
 */
final class LegacyAddresses {
    private static final String FIND = """
            SELECT MIN(id) FROM addresses
             WHERE user_id = :userId AND recipient = :recipient AND line1 = :line1
               AND line2 IS NOT DISTINCT FROM CAST(:line2 AS VARCHAR)
               AND city = :city
               AND region IS NOT DISTINCT FROM CAST(:region AS VARCHAR)
               AND postal_code IS NOT DISTINCT FROM CAST(:postalCode AS VARCHAR)
               AND country = :country
            """;
    private static final String INSERT = """
            INSERT INTO addresses (user_id, recipient, line1, line2, city, region, postal_code, country)
            VALUES (:userId, :recipient, :line1, :line2, :city, :region, :postalCode, :country)
            """;

    private LegacyAddresses() {}

    static long findOrInsert(Handle handle, long userId, Address address) {
        return handle.createQuery(FIND)
                .bind("userId", userId)
                .bindMethods(address)
                .mapTo(Long.class)
                .findOne()
                .orElseGet(() -> insert(handle, userId, address));
    }

    private static long insert(Handle handle, long userId, Address address) {
        return handle.createUpdate(INSERT)
                .bind("userId", userId)
                .bindMethods(address)
                .executeAndReturnGeneratedKeys("id")
                .mapTo(long.class)
                .one();
    }
}
