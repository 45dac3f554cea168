package dev.crossfade.jdbc;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows between the packages: statements below, one database above them, then the fence, and the rest on it. */
class JdbcArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.crossfade.jdbc");

    @Test
    void internal_packages_have_no_cycles() {
        slices().matching("dev.crossfade.jdbc.internal.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void the_inside_knows_nothing_of_what_is_built_on_it() {
        noClasses()
                .that()
                .resideInAPackage("dev.crossfade.jdbc.internal..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.crossfade.jdbc")
                .check(CLASSES);
    }

    @Test
    void statements_know_no_one_who_runs_them() {
        noClasses()
                .that()
                .resideInAPackage("dev.crossfade.jdbc.internal.sql")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.crossfade.jdbc.internal..")
                        .and(resideOutsideOfPackage("dev.crossfade.jdbc.internal.sql")))
                .check(CLASSES);
    }

    @Test
    void only_classes_for_one_database_know_its_driver() {
        noClasses()
                .that()
                .haveNameNotMatching(".*\\.PostgreSql[^.]*")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.postgresql..", "org.mariadb..", "com.mysql..", "org.h2..")
                .check(CLASSES);
    }
}
