package dev.crossfade.samples.quickstart.seed;

import dev.crossfade.samples.quickstart.domain.Address;
import dev.crossfade.samples.quickstart.domain.Customer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Customers with their address books, in several scripts. */
final class People {
    /** One script or language: what a person and a place in it look like. */
    private record Locale(
            String country,
            List<String> first,
            List<String> last,
            List<String> streets,
            List<String> cities,
            @Nullable String region) {}

    private static final List<Locale> LOCALES = List.of(
            new Locale(
                    "DE",
                    List.of("Jürgen", "Zoë", "Björn", "Käthe"),
                    List.of("Müller", "Weiß", "Straßer", "Ångström"),
                    List.of("Königsstraße", "Am Mühlbach", "Große Gasse"),
                    List.of("Düsseldorf", "Köln", "Görlitz"),
                    null),
            new Locale(
                    "FR",
                    List.of("Éloïse", "François", "Anaïs"),
                    List.of("Lefèvre", "D'Œuvre", "Garçon"),
                    List.of("rue de l'Église", "allée des Chênes"),
                    List.of("Besançon", "Orléans"),
                    "Île-de-France"),
            new Locale(
                    "VN",
                    List.of("Nguyễn", "Trần"),
                    List.of("Thị Hồng Nhung", "Văn Đức"),
                    List.of("Đường Lê Lợi", "Phố Hàng Bạc"),
                    List.of("Hà Nội", "Đà Nẵng"),
                    null),
            new Locale(
                    "UA",
                    List.of("Олександр", "Ганна", "Їлія"),
                    List.of("Шевченко", "Ґалаґан"),
                    List.of("вулиця Хрещатик", "проспект Науки"),
                    List.of("Київ", "Харків"),
                    "Київська область"),
            new Locale(
                    "GR",
                    List.of("Ελένη", "Γιώργος"),
                    List.of("Παπαδοπούλου", "Χατζής"),
                    List.of("Οδός Ερμού", "Λεωφόρος Συγγρού"),
                    List.of("Αθήνα", "Θεσσαλονίκη"),
                    "Αττική"),
            new Locale(
                    "JP",
                    List.of("さくら", "健太", "葛󠄀城"),
                    List.of("山田", "齋藤", "𠮷野"),
                    List.of("丸の内", "神宮前"),
                    List.of("千代田区", "札幌市"),
                    "東京都"),
            new Locale(
                    "CN", List.of("小明", "丽华"), List.of("王", "歐陽"), List.of("南京东路", "长安街"), List.of("上海", "北京"), null),
            new Locale(
                    "KR",
                    List.of("민준", "서연"),
                    List.of("김", "박"),
                    List.of("세종대로", "테헤란로"),
                    List.of("서울", "부산"),
                    "서울특별시"),
            new Locale(
                    "EG",
                    List.of("محمد", "فاطمة"),
                    List.of("عبد الرحمن", "الشريف"),
                    List.of("شارع التحرير", "شارع ٢٦ يوليو"),
                    List.of("القاهرة", "الإسكندرية"),
                    null),
            new Locale(
                    "IN",
                    List.of("प्रिया", "कृष्ण"),
                    List.of("शर्मा", "त्रिपाठी"),
                    List.of("महात्मा गांधी मार्ग", "स्टेशन रोड"),
                    List.of("मुंबई", "दिल्ली"),
                    "महाराष्ट्र"),
            new Locale(
                    "US",
                    List.of("Ann 🎉", "Joe \uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67"),
                    List.of("O'Neil", "\"Quote\" \\ Slash"),
                    List.of("Main St. 🏠", "5th Avenue <b>&amp;</b>"),
                    List.of("New York", "Cañon City"),
                    "NY"));

    private People() {}

    /** Customers with ids 1 to {@code count}, each with one to three addresses. */
    static List<AddressBook> generate(int count, Random random) {
        List<AddressBook> people = new ArrayList<>(count);
        for (long id = 1; id <= count; id++) {
            Locale locale = pick(LOCALES, random);
            String name = pick(locale.first(), random) + " " + pick(locale.last(), random);
            String phone = random.nextInt(4) == 0 ? null : "+49 30 " + (100_000 + random.nextInt(900_000));
            Customer customer = new Customer(id, "user" + id + "@example.org", name, phone);
            people.add(new AddressBook(customer, addresses(name, locale, random)));
        }
        return people;
    }

    private static List<Address> addresses(String name, Locale locale, Random random) {
        List<Address> addresses = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            addresses.add(new Address(
                    name,
                    pick(locale.streets(), random) + " " + (1 + random.nextInt(200)),
                    random.nextInt(3) == 0 ? "c/o " + pick(locale.last(), random) : null,
                    pick(locale.cities(), random),
                    random.nextBoolean() ? locale.region() : null,
                    random.nextInt(10) == 0 ? null : String.valueOf(10_000 + random.nextInt(90_000)),
                    locale.country()));
        }
        return addresses;
    }

    private static <T> T pick(List<T> choices, Random random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
