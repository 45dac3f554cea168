-- Crossfade's tables on H2 2.2 or newer. Each store of a migration has them; a row's "side" says whose store it
-- belongs to (L = legacy, N = new), so both stores may share one database, or even one schema.
-- Keys compare byte by byte; leave the database's collation off, so that names do so too.
-- The ledger holds keys and versions, never field values.

CREATE TABLE IF NOT EXISTS ${prefix}schema_version (
    id          smallint NOT NULL PRIMARY KEY CHECK (id = 1),
    version     integer NOT NULL,
    created_at  timestamp(6) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- Which side is primary, at which epoch. 16 rows of equal content: a writer locks one of them until it commits, a mover
-- locks all of them in order. H2 has no shared row locks: writers of different stripes do not wait for each other.
CREATE TABLE IF NOT EXISTS ${prefix}fence (
    migration   varchar(64) NOT NULL,
    side        char(1) NOT NULL CHECK (side IN ('L', 'N')),
    stripe      smallint NOT NULL CHECK (stripe BETWEEN 0 AND 15),
    role        varchar(10) NOT NULL CHECK (role IN ('PRIMARY', 'DRAINING', 'SECONDARY', 'PREPARED')),
    stage       varchar(16) NOT NULL,
    epoch       bigint NOT NULL,
    generation  bigint NOT NULL,
    revision    bigint NOT NULL,
    identity    varchar(64) NOT NULL,
    changed_at  timestamp(6) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (migration, side, stripe)
);

-- One row per written key, upserted in the transaction that writes the entity. pending_since is set while the other
-- side may be behind; repeated writes of a pending key leave the index on it alone. The primary
-- key begins with entity_key because H2 looks up a list of values by the first column of an index only.
CREATE TABLE IF NOT EXISTS ${prefix}ledger (
    migration      varchar(64) NOT NULL,
    side           char(1) NOT NULL,
    entity         varchar(128) NOT NULL,
    entity_key     varbinary(512) NOT NULL,
    generation     bigint NOT NULL,
    counter        bigint NOT NULL,
    changed_at     timestamp(6) with time zone NOT NULL, -- when this side came to this version, by the process's clock
    last_change    char(1) NOT NULL CHECK (last_change IN ('W', 'D', 'M')), -- written, deleted, marked
    pending_since  timestamp(6) with time zone, -- null: the other side has this version
    PRIMARY KEY (entity_key, entity, side, migration)
);

CREATE INDEX IF NOT EXISTS ${prefix}ledger_pending ON ${prefix}ledger (migration, side, pending_since);

-- Keys that wait for a person. A key is parked only while the ledger still has this version: a later write gets one more
-- try. Zero attempts: this version was discarded, and the other side does not have it.
CREATE TABLE IF NOT EXISTS ${prefix}failure (
    migration      varchar(64) NOT NULL,
    side           char(1) NOT NULL,
    entity         varchar(128) NOT NULL,
    entity_key     varbinary(512) NOT NULL,
    generation     bigint NOT NULL,
    counter        bigint NOT NULL,
    attempts       integer NOT NULL,
    parked_reason  varchar(200) NOT NULL,
    PRIMARY KEY (entity_key, entity, side, migration)
);

-- Instances that are alive, by the database's clock.
CREATE TABLE IF NOT EXISTS ${prefix}instance (
    migration    varchar(64) NOT NULL,
    side         char(1) NOT NULL,
    instance_id  varchar(64) NOT NULL,
    started_at   timestamp(6) with time zone NOT NULL,
    beat_at      timestamp(6) with time zone NOT NULL,
    epoch        bigint NOT NULL, -- the fence as this instance saw it last
    stage        varchar(16) NOT NULL,
    description  varchar(200) NOT NULL,
    PRIMARY KEY (migration, side, instance_id)
);

-- Work that one instance at a time should do. It spares work and keeps nothing safe.
CREATE TABLE IF NOT EXISTS ${prefix}claim (
    migration    varchar(64) NOT NULL,
    side         char(1) NOT NULL,
    name         varchar(64) NOT NULL,
    holder       varchar(64),
    lease_until  timestamp(6) with time zone NOT NULL,
    PRIMARY KEY (migration, side, name)
);

-- Entities that were copied completely, and in which generation.
CREATE TABLE IF NOT EXISTS ${prefix}coverage (
    migration   varchar(64) NOT NULL,
    side        char(1) NOT NULL,
    entity      varchar(128) NOT NULL,
    generation  bigint NOT NULL,
    copied_at   timestamp(6) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
    copied_by   varchar(64) NOT NULL,
    PRIMARY KEY (migration, side, entity)
);

-- The backfill of each entity: in which generation it began and how far it is. In the new store's database only.
CREATE TABLE IF NOT EXISTS ${prefix}backfill (
    migration   varchar(64) NOT NULL,
    side        char(1) NOT NULL,
    entity      varchar(128) NOT NULL,
    generation  bigint NOT NULL,
    state       varchar(12) NOT NULL,
    rows_done   bigint NOT NULL, -- in ranges that are verified
    inserted    bigint NOT NULL,
    marked      bigint NOT NULL,
    started_by  varchar(200) NOT NULL,
    started_at  timestamp(6) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
    reason      varchar(1000),
    PRIMARY KEY (migration, side, entity)
);

-- Ranges of keys that a backfill has still to verify; a range that is gone is verified. The token rises with every holder;
-- whoever has an older one is refused.
CREATE TABLE IF NOT EXISTS ${prefix}backfill_range (
    migration    varchar(64) NOT NULL,
    side         char(1) NOT NULL,
    entity       varchar(128) NOT NULL,
    range_id     varchar(36) NOT NULL,
    generation   bigint NOT NULL,
    after_key    varbinary(512), -- null: from the first key
    up_to_key    varbinary(512), -- null: to the last key
    token        bigint NOT NULL,
    holder       varchar(64),
    lease_until  timestamp(6) with time zone NOT NULL,
    PRIMARY KEY (migration, side, entity, range_id)
);

-- Rows that the new store refused: digests of keys and classes of reasons, never values.
CREATE TABLE IF NOT EXISTS ${prefix}backfill_refused (
    migration   varchar(64) NOT NULL,
    side        char(1) NOT NULL,
    entity      varchar(128) NOT NULL,
    key_digest  varchar(64) NOT NULL, -- SHA-256 of the key as the ledger holds it
    generation  bigint NOT NULL,
    reason      varchar(200) NOT NULL,
    found_at    timestamp(6) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (migration, side, entity, key_digest)
);

-- Every reconciliation, one row each: what it was asked to compare, how far it is and what it says. In the new store's
-- database only. One at a time of an entity has not ended: its slot is 'active', that of the others their own id.
CREATE TABLE IF NOT EXISTS ${prefix}consistency_audit (
    migration          varchar(64) NOT NULL,
    side               char(1) NOT NULL,
    run_id             varchar(36) NOT NULL,
    entity             varchar(128) NOT NULL,
    slot               varchar(36) NOT NULL,
    scope              varchar(300) NOT NULL,
    generation         bigint NOT NULL,
    epoch              bigint NOT NULL, -- of the fence when it began
    state              varchar(12) NOT NULL,
    verdict            varchar(12), -- CLEAN, DIFFERENT, INCOMPLETE; null until it ends
    started_by         varchar(200) NOT NULL,
    started_at         timestamp(6) with time zone NOT NULL,
    ended_at           timestamp(6) with time zone,
    reason             varchar(1000), -- why it failed
    compared           bigint NOT NULL,
    missing_in_new     bigint NOT NULL,
    missing_in_legacy  bigint NOT NULL,
    different          bigint NOT NULL,
    accepted           bigint NOT NULL,
    lagging            bigint NOT NULL,
    not_known          bigint NOT NULL,
    after_key          varbinary(512), -- of a range: null from the first key
    up_to_key          varbinary(512), -- of a range: null to the last key
    position_key       varbinary(512), -- the last key that was compared
    token              bigint NOT NULL, -- raised by every holder; whoever has an older one is refused
    holder             varchar(64),
    lease_until        timestamp(6) with time zone NOT NULL,
    PRIMARY KEY (migration, side, run_id),
    UNIQUE (migration, side, entity, slot)
);

-- Keys on which the stores differ at one version: in the database that was primary when they were found. Fields by name
-- and class of difference, one a line; values only of fields that the comparison's rules allow to be shown. An empty
-- entity counts the findings for which there was no room.
CREATE TABLE IF NOT EXISTS ${prefix}discrepancy (
    migration     varchar(64) NOT NULL,
    side          char(1) NOT NULL,
    entity        varchar(128) NOT NULL,
    entity_key    varbinary(512) NOT NULL,
    kind          varchar(20) NOT NULL,
    fields        varchar(4000) NOT NULL,
    field_values  varchar(100000), -- of the primary and of the secondary, a line for each field
    found_by      varchar(200) NOT NULL,
    epoch         bigint NOT NULL,
    generation    bigint NOT NULL,
    counter       bigint NOT NULL,
    times         bigint NOT NULL,
    first_seen    timestamp(6) with time zone NOT NULL,
    last_seen     timestamp(6) with time zone NOT NULL,
    state         varchar(10) NOT NULL, -- OPEN, RESOLVED, ACCEPTED
    closed_at     timestamp(6) with time zone,
    closed_by     varchar(200),
    closed_reason varchar(1000),
    PRIMARY KEY (migration, side, entity, entity_key)
);

CREATE INDEX IF NOT EXISTS ${prefix}discrepancy_state ON ${prefix}discrepancy (migration, side, state);

-- Every attempt to change something by hand or by flag, and how it ended.
CREATE TABLE IF NOT EXISTS ${prefix}audit (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    migration    varchar(64) NOT NULL,
    side         char(1) NOT NULL,
    happened_at  timestamp(6) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
    actor        varchar(200) NOT NULL,
    action       varchar(64) NOT NULL,
    from_stage   varchar(16),
    to_stage     varchar(16),
    epoch        bigint NOT NULL,
    reason       varchar(1000),
    outcome      varchar(1000) NOT NULL
);

-- Keys of the two stores that belong together, where they differ and cannot be computed from each other. Written only in
-- the database of the store that needs them, in the transactions that write its rows; never changed, never deleted.
-- No side: a pair is true of both.
CREATE TABLE IF NOT EXISTS ${prefix}key_map (
    migration   varchar(64) NOT NULL,
    entity      varchar(128) NOT NULL,
    legacy_key  varbinary(512) NOT NULL,
    new_key     varbinary(512) NOT NULL,
    PRIMARY KEY (migration, entity, legacy_key),
    UNIQUE (migration, entity, new_key)
);

-- Up to where ids of the legacy side are handed out to rows that are born on the new side, by column.
CREATE TABLE IF NOT EXISTS ${prefix}id_block (
    migration   varchar(64) NOT NULL,
    side        char(1) NOT NULL,
    id_column   varchar(200) NOT NULL,
    next_id     bigint NOT NULL,
    PRIMARY KEY (migration, side, id_column)
);
