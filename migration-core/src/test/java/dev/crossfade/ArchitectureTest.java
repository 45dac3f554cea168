package dev.crossfade;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows between the packages. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/dev/crossfade/jdbc/"))
            .importPackages("dev.crossfade");

    @Test
    void what_others_use_and_implement_knows_nothing_of_the_inside() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.crossfade.spi",
                        "dev.crossfade.control",
                        "dev.crossfade.compare",
                        "dev.crossfade.event",
                        "dev.crossfade.routing")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.crossfade.internal..")
                .check(CLASSES);
    }

    @Test
    void internal_packages_have_no_cycles() {
        slices().matching("dev.crossfade.internal.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void routing_and_comparison_stand_alone() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.crossfade.routing", "dev.crossfade.compare")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.crossfade", "dev.crossfade.control", "dev.crossfade.event")
                .check(CLASSES);
    }

    @Test
    void the_core_depends_on_its_few_libraries_only() {
        classes()
                .that()
                .resideInAPackage("dev.crossfade..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.crossfade..",
                        "java..",
                        "dev.openfeature.sdk..",
                        "com.github.benmanes.caffeine..",
                        "org.slf4j..",
                        "io.micrometer.core..",
                        "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void the_core_knows_no_module_built_on_it() {
        noClasses()
                .that()
                .resideInAPackage("dev.crossfade..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.crossfade.jdbc..", "dev.crossfade.spring..", "org.springframework..", "javax..")
                .check(CLASSES);
    }

    @Test
    void only_the_platform_makes_threads_and_reads_the_clock() {
        noClasses()
                .that()
                .resideInAPackage("dev.crossfade..")
                .and()
                .doNotHaveFullyQualifiedName("dev.crossfade.spi.SystemPlatform")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callConstructor(Thread.class, Runnable.class, String.class)
                .check(CLASSES);
    }
}
