package dev.crossfade.jdbc.checker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CheckerArchitectureTest {
    @Test
    void the_checker_knows_nothing_of_what_it_checks() {
        classes()
                .that()
                .haveNameNotMatching(".*Test(\\$.*)?")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.crossfade.jdbc.checker", "java..", "javax.sql", "org.jspecify.annotations")
                .check(new ClassFileImporter().importUrl(Objects.requireNonNull(Checker.class.getResource("."))));
    }
}
