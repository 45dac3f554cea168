package dev.crossfade.samples.quickstart;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final String ROOT = "dev.crossfade.samples.quickstart";
    private static final JavaClasses SAMPLE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void the_checker_shares_nothing_with_library_repositories_or_domain() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".checker..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.crossfade..").and(resideOutsideOfPackage(ROOT + ".checker..")))
                .orShould()
                .dependOnClassesThat(resideInAPackage("org.jdbi.."))
                .check(SAMPLE);
    }

    @Test
    void the_domain_knows_no_database() {
        classes()
                .that()
                .resideInAPackage(ROOT + ".domain..")
                .should()
                .onlyDependOnClassesThat(resideInAPackage(ROOT + ".domain..")
                        .or(resideInAPackage("java.."))
                        .or(resideInAPackage("org.jspecify.."))
                        // The annotations of its methods.
                        .or(resideInAPackage("dev.crossfade")))
                .check(SAMPLE);
    }

    @Test
    void neither_store_knows_the_other() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".legacy..")
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + ".next.."))
                .check(SAMPLE);
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".next..")
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + ".legacy.."))
                .check(SAMPLE);
    }
}
