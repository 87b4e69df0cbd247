"""A phrase book in English, Spanish, German and French, and single words, for acts that translate.

Lower case, no punctuation. No phrase begins another one of its language, so that the end of each can be known as it
ends; no foreign text is also one of another language, so that a text names its language (`LANGUAGE_OF`).
"""

from typing import Final

LANGUAGES: Final = ("en", "es", "de", "fr")
NAMES: Final = {"en": "english", "es": "spanish", "de": "german", "fr": "french"}

_PHRASES: Final = """
good morning | buenos días | guten morgen | bonjour
good night | buenas noches | gute nacht | bonne nuit
see you tomorrow | hasta mañana | bis morgen | à demain
see you soon | hasta pronto | bis bald | à bientôt
how are you today | cómo está usted hoy | wie geht es ihnen heute | comment allez vous aujourd'hui
thank you very much | muchas gracias | vielen dank | merci beaucoup
you are very kind | es usted muy amable | sie sind sehr freundlich | vous êtes très gentil
excuse me please | perdone por favor | entschuldigen sie bitte | excusez moi s'il vous plaît
i am sorry | lo siento mucho | es tut mir leid | je suis désolé
i do not understand | no entiendo | ich verstehe nicht | je ne comprends pas
please speak slowly | hable despacio por favor | bitte sprechen sie langsam | parlez lentement s'il vous plaît
what is your name | cómo se llama usted | wie heißen sie | comment vous appelez vous
my name is anna | me llamo anna | mein name ist anna | je m'appelle anna
where do you live | dónde vive usted | wo wohnen sie | où habitez vous
i live in the city | vivo en la ciudad | ich wohne in der stadt | j'habite en ville
where is the station | dónde está la estación | wo ist der bahnhof | où est la gare
where is the hospital | dónde está el hospital | wo ist das krankenhaus | où est l'hôpital
where is the bathroom | dónde está el baño | wo ist die toilette | où sont les toilettes
how much does it cost | cuánto cuesta esto | wie viel kostet das | combien ça coûte
that is too expensive | es demasiado caro | das ist zu teuer | c'est trop cher
the bill please | la cuenta por favor | die rechnung bitte | l'addition s'il vous plaît
a table for two | una mesa para dos | einen tisch für zwei | une table pour deux
i would like a coffee | quisiera un café | ich möchte einen kaffee | je voudrais un café
a glass of water | un vaso de agua | ein glas wasser | un verre d'eau
i am hungry | tengo hambre | ich habe hunger | j'ai faim
we are thirsty | tenemos sed | wir haben durst | nous avons soif
the soup is hot | la sopa está caliente | die suppe ist heiß | la soupe est chaude
bread and butter | pan con mantequilla | brot und butter | du pain et du beurre
what time is it | qué hora es | wie spät ist es | quelle heure est il
it is eight in the morning | son las ocho de la mañana | es ist acht uhr morgens | il est huit heures du matin
the train leaves at ten | el tren sale a las diez | der zug fährt um zehn | le train part à dix heures
the shop is closed | la tienda está cerrada | der laden ist geschlossen | le magasin est fermé
the museum is open | el museo está abierto | das museum ist offen | le musée est ouvert
turn left at the corner | gire a la izquierda en la esquina | biegen sie an der ecke links ab | tournez à gauche au coin
turn right at the bridge | gire a la derecha en el puente | biegen sie an der brücke rechts ab | tournez à droite au pont
it is very far | está muy lejos | es ist sehr weit | c'est très loin
i am looking for a hotel | busco un hotel | ich suche ein hotel | je cherche un hôtel
the room is too small | la habitación es demasiado pequeña | das zimmer ist zu klein | la chambre est trop petite
i have lost my key | he perdido mi llave | ich habe meinen schlüssel verloren | j'ai perdu ma clé
call a doctor | llame a un médico | rufen sie einen arzt | appelez un médecin
my head hurts | me duele la cabeza | mein kopf tut weh | j'ai mal à la tête
can you help me | puede ayudarme | können sie mir helfen | pouvez vous m'aider
it is raining today | hoy está lloviendo | heute regnet es | il pleut aujourd'hui
the sun is shining | brilla el sol | die sonne scheint | le soleil brille
it is cold outside | hace frío afuera | draußen ist es kalt | il fait froid dehors
the sea is blue | el mar es azul | das meer ist blau | la mer est bleue
my brother is a teacher | mi hermano es profesor | mein bruder ist lehrer | mon frère est professeur
my sister has two children | mi hermana tiene dos hijos | meine schwester hat zwei kinder | ma sœur a deux enfants
the dog is sleeping | el perro está durmiendo | der hund schläft | le chien dort
the cat is under the table | el gato está debajo de la mesa | die katze ist unter dem tisch | le chat est sous la table
i like this song | me gusta esta canción | dieses lied gefällt mir | cette chanson me plaît
we are going to the beach | vamos a la playa | wir gehen an den strand | nous allons à la plage
the children are playing | los niños están jugando | die kinder spielen | les enfants jouent
please open the window | abra la ventana por favor | bitte öffnen sie das fenster | ouvrez la fenêtre s'il vous plaît
please close the door | cierre la puerta por favor | bitte schließen sie die tür | fermez la porte s'il vous plaît
the book is on the chair | el libro está en la silla | das buch liegt auf dem stuhl | le livre est sur la chaise
i am reading a letter | estoy leyendo una carta | ich lese einen brief | je lis une lettre
she is buying red shoes | ella compra zapatos rojos | sie kauft rote schuhe | elle achète des chaussures rouges
he works in a factory | él trabaja en una fábrica | er arbeitet in einer fabrik | il travaille dans une usine
have a good trip | buen viaje | gute reise | bon voyage
happy birthday to you | feliz cumpleaños | alles gute zum geburtstag | joyeux anniversaire
until next week | hasta la semana que viene | bis nächste woche | à la semaine prochaine
"""
_WORDS: Final = """
dog | perro | hund | chien
cat | gato | katze | chat
bird | pájaro | vogel | oiseau
fish | pez | fisch | poisson
horse | caballo | pferd | cheval
apple | manzana | apfel | pomme
bread | pan | brot | pain
cheese | queso | käse | fromage
milk | leche | milch | lait
egg | huevo | ei | œuf
water | agua | wasser | eau
salt | sal | salz | sel
house | casa | haus | maison
door | puerta | tür | porte
window | ventana | fenster | fenêtre
garden | jardín | garten | jardin
chair | silla | stuhl | chaise
knife | cuchillo | messer | couteau
key | llave | schlüssel | clé
book | libro | buch | livre
letter | carta | brief | lettre
street | calle | straße | rue
bridge | puente | brücke | pont
church | iglesia | kirche | église
school | escuela | schule | école
tree | árbol | baum | arbre
flower | flor | blume | fleur
river | río | fluss | rivière
mountain | montaña | berg | montagne
sun | sol | sonne | soleil
moon | luna | mond | lune
snow | nieve | schnee | neige
friend | amigo | freund | ami
brother | hermano | bruder | frère
sister | hermana | schwester | sœur
heart | corazón | herz | cœur
red | rojo | rot | rouge
green | verde | grün | vert
black | negro | schwarz | noir
white | blanco | weiß | blanc
"""


def _table(text: str) -> tuple[dict[str, str], ...]:
    rows = [line.split(" | ") for line in text.strip().splitlines()]
    return tuple(dict(zip(LANGUAGES, row, strict=True)) for row in rows)


PHRASES: Final = _table(_PHRASES)
"""What a traveller says, by language: {"en": "good night", "es": "buenas noches", ...}."""
NOUNS: Final = _table(_WORDS)
"""Single words of the lexicon, by language."""
LANGUAGE_OF: Final[dict[str, str]] = {
    row[language]: language for row in (*PHRASES, *NOUNS) for language in LANGUAGES[1:]
}
"""The language of each foreign text."""
