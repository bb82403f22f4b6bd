import java.io.FileInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.RuleId;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;

/**
 * Validates PDF files with veraPDF: {@code Vera ua1,2a FILE...}
 *
 * <p>Prints one line per file and flavour (file, flavour, PASS or FAIL, checks made, time), followed by the failed
 * rules with their counts and the first message of each. Ends with 1 if anything failed.
 */
public final class Vera {
  private static final int LONGEST_MESSAGE = 150;

  public static void main(String[] arguments) {
    if (arguments.length < 2) {
      System.err.println("usage: vera FLAVOUR[,FLAVOUR...] FILE...   (ua1 ua2 1a 1b 2a 2b 2u 3a 3b 3u 4 4e 4f)");
      System.exit(2);
    }
    VeraGreenfieldFoundryProvider.initialise();
    boolean allPass = true;
    for (int i = 1; i < arguments.length; i++) {
      for (String flavour : arguments[0].split(",")) {
        allPass &= passes(arguments[i], flavour);
      }
    }
    System.exit(allPass ? 0 : 1);
  }

  private static boolean passes(String file, String flavour) {
    long start = System.nanoTime();
    PDFAFlavour pdfaFlavour = PDFAFlavour.fromString(flavour);
    try (InputStream bytes = new FileInputStream(file);
        PDFAParser parser = Foundries.defaultInstance().createParser(bytes, pdfaFlavour);
        PDFAValidator validator = Foundries.defaultInstance().createValidator(profile(flavour), false)) {
      ValidationResult result = validator.validate(parser);
      long milliseconds = (System.nanoTime() - start) / 1_000_000;
      System.out.printf(
          "%s\t%s\t%s\tchecks=%d\t%dms%n",
          file, flavour, result.isCompliant() ? "PASS" : "FAIL", result.getTotalAssertions(), milliseconds);
      if (!result.isCompliant()) {
        printFailedRules(result);
      }
      return result.isCompliant();
    } catch (Exception failure) {
      System.out.printf("%s\t%s\tERROR\t%s%n", file, flavour, failure);
      return false;
    }
  }

  /** The profiles lie in the engine as resources, each under the name of its standard. */
  private static ValidationProfile profile(String flavour) throws Exception {
    String name = flavour.startsWith("ua") ? "PDFUA-" + flavour.substring(2) : "PDFA-" + flavour.toUpperCase();
    String resource = "/org/verapdf/pdfa/validation/" + name + ".xml";
    try (InputStream xml = Vera.class.getResourceAsStream(resource)) {
      if (xml == null) {
        throw new IllegalArgumentException("no validation profile " + resource);
      }
      return Profiles.profileFromXml(xml);
    }
  }

  private static void printFailedRules(ValidationResult result) {
    Map<String, String> firstMessage = new TreeMap<>();
    for (TestAssertion assertion : result.getTestAssertions()) {
      if (assertion.getStatus() == TestAssertion.Status.FAILED) {
        firstMessage.putIfAbsent(name(assertion.getRuleId()), assertion.getMessage());
      }
    }
    Map<String, Integer> counts = new TreeMap<>();
    for (Map.Entry<RuleId, Integer> failed : result.getFailedChecks().entrySet()) {
      counts.merge(name(failed.getKey()), failed.getValue(), Integer::sum);
    }
    for (Map.Entry<String, Integer> rule : counts.entrySet()) {
      String message = firstMessage.getOrDefault(rule.getKey(), "");
      String shown = message.substring(0, Math.min(LONGEST_MESSAGE, message.length()));
      System.out.printf("    %s x%d %s%n", rule.getKey(), rule.getValue(), shown);
    }
  }

  private static String name(RuleId rule) {
    return rule.getClause() + "-" + rule.getTestNumber();
  }
}
