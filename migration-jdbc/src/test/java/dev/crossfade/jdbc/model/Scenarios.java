package dev.crossfade.jdbc.model;

import static dev.crossfade.jdbc.model.Transaction.both;
import static dev.crossfade.jdbc.model.Transaction.delete;
import static dev.crossfade.jdbc.model.Transaction.put;

import java.util.List;

/** The bounded worlds that are searched, each small enough to be exhausted. */
enum Scenarios {
    /** One key, two writers with stale views and two refreshers that may pause anywhere, no handover. */
    TWO_WRITERS {
        @Override
        Scenario under(Rules rules) {
            Scenario scenario = new Scenario(1, rules);
            touchedBefore(scenario, 0);
            scenario.with(writer(scenario, "writer A", List.of(List.of(put(0, 2)), List.of(put(0, 3), delete(0)))));
            scenario.with(writer(scenario, "writer B", List.of(List.of(put(0, 4), delete(0)))));
            scenario.withTwins(refresher(scenario), refresher(scenario));
            scenario.with(new Purger(rules, scenario.memory));
            recoverByRefresh(scenario);
            return scenario;
        }
    },

    /** One key, two writers, two refreshers, two controllers: there, back, and an abort. */
    HANDOVERS {
        @Override
        Scenario under(Rules rules) {
            Scenario scenario = new Scenario(1, rules);
            touchedBefore(scenario, 0);
            scenario.with(writer(scenario, "writer A", List.of(List.of(put(0, 2)))));
            scenario.with(writer(scenario, "writer B", List.of(List.of(delete(0)))));
            scenario.withTwins(refresher(scenario), refresher(scenario));
            controllers(scenario, 2, 1);
            scenario.with(new Purger(rules, scenario.memory));
            recoverByRefresh(scenario);
            return scenario;
        }
    },

    /** One key whose row someone removed from the secondary, found by a reconciler while the primary moves. */
    MARKS {
        @Override
        Scenario under(Rules rules) {
            Scenario scenario = new Scenario(1, rules);
            touchedBefore(scenario, 0);
            scenario.beginWith(world -> {
                world.setRow(Side.NEW, 0, World.ABSENT);
                world.setDamaged(0, true);
            });
            scenario.with(writer(scenario, "writer", List.of(List.of(put(0, 2)))));
            scenario.with(refresher(scenario));
            scenario.with(new Reconciler(rules, scenario.memory, 2));
            controllers(scenario, 2, 1);
            recoverByRefresh(scenario);
            return scenario;
        }
    },

    /** Two keys that swap a unique attribute, and a batch refresh. */
    UNIQUE_SWAP {
        @Override
        Scenario under(Rules rules) {
            Scenario scenario = new Scenario(2, rules);
            touchedBefore(scenario, 0);
            touchedBefore(scenario, 1);
            scenario.with(writer(scenario, "writer A", List.of(List.of(both(2, 1)), List.of(both(1, 2), delete(0)))));
            scenario.with(writer(scenario, "writer B", List.of(List.of(put(1, 3), delete(1)))));
            scenario.withTwins(refresher(scenario), refresher(scenario));
            recoverByRefresh(scenario);
            return scenario;
        }
    },

    /** Entry into dual write, then a backfill whose claim is taken over, with deletes and re-inserts. */
    BACKFILL {
        @Override
        Scenario under(Rules rules) {
            Scenario scenario = new Scenario(2, rules);
            scenario.beginWith(world -> {
                world.setRow(Side.LEGACY, 0, 1);
                world.setAcknowledged(0, 1);
                world.setRow(Side.NEW, 1, 5);
                world.setRaiseDue(true);
            });
            scenario.with(new Writer(
                    "writer", rules, scenario.memory, 2, List.of(List.of(delete(0), put(0, 2)), List.of(put(0, 3)))));
            scenario.with(refresher(scenario));
            backfills(scenario);
            scenario.with(new Operator(rules, scenario.memory));
            recoverByBackfill(scenario);
            return scenario;
        }
    },

    /** The primary loses its last commits. */
    PRIMARY_FAILS_OVER {
        @Override
        Scenario under(Rules rules) {
            Scenario scenario = new Scenario(1, rules);
            scenario.beginWith(world -> world.setVerified(true));
            Writer writer = writer(scenario, "writer", List.of(List.of(put(0, 1)), List.of(put(0, 2), delete(0))));
            scenario.with(writer);
            scenario.with(refresher(scenario));
            scenario.with(new Failover(rules, scenario.memory, Side.LEGACY, List.of(writer)));
            scenario.with(new Operator(rules, scenario.memory));
            pass(scenario);
            controllers(scenario, 1, 0);
            recoverByPass(scenario);
            return scenario;
        }
    },

    /** The primary loses its last commits, and read repair finds the differences before anyone answers. */
    REPAIR_AFTER_FAILOVER {
        @Override
        Scenario under(Rules rules) {
            Scenario scenario = new Scenario(1, rules);
            scenario.beginWith(world -> world.setVerified(true));
            Writer writer = writer(scenario, "writer", List.of(List.of(put(0, 1)), List.of(put(0, 2), delete(0))));
            scenario.with(writer);
            scenario.with(refresher(scenario));
            scenario.with(new Failover(rules, scenario.memory, Side.LEGACY, List.of(writer)));
            scenario.with(new Reconciler(rules, scenario.memory, 2));
            scenario.with(new Operator(rules, scenario.memory));
            pass(scenario);
            recoverByPass(scenario);
            return scenario;
        }
    },

    /** The secondary loses its last commits while a backfill runs, and no handover follows. */
    BACKFILL_FAILS_OVER {
        @Override
        Scenario under(Rules rules) {
            return secondaryFailsOver(rules);
        }
    },

    /** The secondary loses its last commits while a backfill runs, and then becomes primary. */
    SECONDARY_FAILS_OVER {
        @Override
        Scenario under(Rules rules) {
            Scenario scenario = secondaryFailsOver(rules);
            controllers(scenario, 1, 1);
            return scenario;
        }
    };

    abstract Scenario under(Rules rules);

    private static Scenario secondaryFailsOver(Rules rules) {
        Scenario scenario = new Scenario(1, rules);
        scenario.beginWith(world -> {
            world.setRow(Side.LEGACY, 0, 1);
            world.setAcknowledged(0, 1);
        });
        Writer writer = writer(scenario, "writer", List.of(List.of(put(0, 2), delete(0))));
        scenario.with(writer);
        scenario.with(refresher(scenario));
        scenario.with(new Failover(rules, scenario.memory, Side.NEW, List.of(writer)));
        scenario.with(new Operator(rules, scenario.memory));
        Backfill backfill = scenario.with(new Backfill(rules, scenario.memory));
        scenario.beginWith(world -> backfill.allow(world, 1));
        pass(scenario);
        recoverByPass(scenario);
        return scenario;
    }

    /** The key was written and refreshed before the scenario begins. */
    private static void touchedBefore(Scenario scenario, int key) {
        scenario.beginWith(world -> {
            world.setAcknowledged(key, key + 1);
            world.setStateAt(key, Version.afterWrite(0), key + 1);
            world.setVerified(true);
            for (Side side : Side.BOTH) {
                world.setRow(side, key, key + 1);
                world.setLedger(side, key, 1, Version.afterWrite(0), Change.WRITTEN, false);
            }
        });
    }

    private static Writer writer(Scenario scenario, String name, List<List<Transaction>> script) {
        return new Writer(name, scenario.rules, scenario.memory, 0, script);
    }

    private static Refresher refresher(Scenario scenario) {
        return new Refresher(scenario.rules, scenario.memory, false);
    }

    private static void controllers(Scenario scenario, int drains, int aborts) {
        Controller.Budget budget = new Controller.Budget(scenario.memory);
        scenario.beginWith(world -> budget.allow(world, drains, aborts));
        scenario.withTwins(
                new Controller(scenario.rules, scenario.memory, budget),
                new Controller(scenario.rules, scenario.memory, budget));
    }

    private static void backfills(Scenario scenario) {
        Backfill first = new Backfill(scenario.rules, scenario.memory);
        Backfill second = new Backfill(scenario.rules, scenario.memory);
        scenario.withTwins(first, second);
        scenario.beginWith(world -> first.allow(world, 1));
        scenario.beginWith(world -> second.allow(world, 1));
    }

    private static void pass(Scenario scenario) {
        Pass pass = scenario.with(new Pass(scenario.rules, scenario.memory));
        scenario.beginWith(world -> pass.allow(world, 1));
    }

    /** What one process does after all others died; it also follows the rules of the scenario. */
    private static void recoverByRefresh(Scenario scenario) {
        scenario.recoverWith(new Refresher(scenario.rules, scenario.memory, true));
    }

    private static void recoverByBackfill(Scenario scenario) {
        Backfill backfill = new Backfill(scenario.rules, scenario.memory);
        scenario.beginWith(world -> backfill.allow(world, 1));
        scenario.recoverWith(new Operator(scenario.rules, scenario.memory), backfill);
        recoverByRefresh(scenario);
    }

    private static void recoverByPass(Scenario scenario) {
        Operator operator = new Operator(scenario.rules, scenario.memory);
        Pass pass = new Pass(scenario.rules, scenario.memory);
        scenario.beginWith(world -> pass.allow(world, 1));
        scenario.recoverWith(operator, pass);
        recoverByBackfill(scenario);
    }
}
