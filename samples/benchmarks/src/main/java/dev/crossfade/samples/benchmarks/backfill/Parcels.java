package dev.crossfade.samples.benchmarks.backfill;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Parcels as a service stores them. */
interface Parcels {
    Optional<Parcel> findById(long id);

    List<Parcel> findAllById(Collection<Long> ids);

    /** In the order of their ids. */
    List<Parcel> findPage(@Nullable Long after, @Nullable Long upTo, int max);

    void put(Parcel parcel);

    void putAll(Collection<Parcel> parcels);

    void deleteById(long id);

    void deleteAllById(Collection<Long> ids);
}
